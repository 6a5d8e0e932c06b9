import type { Document, PipelineContext, Value } from '../types.ts';

/** Turns the documents before the stage into those after it. */
export type Stage = (docs: Iterable<Document>) => Iterable<Document>;

export interface StageContext extends PipelineContext {
  /** Told of every other collection that a pipeline reads. */
  onCollection?: ((name: string) => void) | undefined;
}

export type StageMaker = (argument: Value, context: StageContext) => Stage;

export type PipelineCompiler = (pipeline: Document[], context: StageContext) => Stage;
