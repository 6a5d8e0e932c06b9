import type { Document, PipelineContext } from '../types.ts';
import { compilePipeline } from './stages.ts';

/**
 * Runs an aggregation pipeline. Input documents are never changed; results may share parts with them.
 *
 * @throws MongoError 40324 for a stage that is unknown or not supported, and the errors of the
 *   stages and expressions; malformed pipelines fail before the first document is read
 */
export function runPipeline(
  input: Iterable<Document>,
  pipeline: Document[],
  ctx: PipelineContext,
): Document[] {
  return [...compilePipeline(pipeline, ctx)(input)];
}
