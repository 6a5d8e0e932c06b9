import type { Document, Projection, ProjectionOptions } from './types.ts';
export declare function compileProjection(spec: Document | undefined, opts?: ProjectionOptions): Projection;
