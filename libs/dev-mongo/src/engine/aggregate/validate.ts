import type { Document } from '../types.ts';
import { compilePipeline } from './stages.ts';

/**
 * Raises the errors that a pipeline has whatever the documents are, and names the other collections
 * that it reads.
 */
export function validatePipeline(pipeline: Document[], variables?: Document): { collections: string[] } {
  const collections = new Set<string>();
  compilePipeline(pipeline, {
    now: new Date(0),
    variables,
    lookup: () => [],
    onCollection: (name) => collections.add(name),
  });
  return { collections: [...collections] };
}
