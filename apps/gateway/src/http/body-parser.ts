import { type IncomingMessage } from 'node:http';
import { DomainError } from '#libs/contracts';
import { bodyLimit, parseJsonBody } from '../input/json-body.ts';
import { isForm, isJson } from '../input/media-type.ts';
import { entryOf } from './entry.ts';
import { type Fastify, type Request } from './fastify.ts';
import { settingsOf } from './route-config.ts';

// A client that is still sending does not read the answer, and a closed connection may cost it the
// answer: what is too large is read to its end and thrown away, up to here.
const patience = 16 * bodyLimit;

/** Has bodies read as what the route takes: JSON, or a form where it says so. */
export function useBodyParser(fastify: Fastify): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', (request, payload, done) => {
    if (request.is404) {
      payload.resume();
      done(null, undefined);
      return;
    }
    readAll(payload as IncomingMessage).then(
      (bytes) => {
        try {
          done(null, parsed(request, bytes));
        } catch (error) {
          done(error as Error);
        }
      },
      (error: Error) => done(error),
    );
  });
}

function parsed(request: Request, bytes: Buffer): unknown {
  if (settingsOf(request).form) return new URLSearchParams(bytes.toString('utf8'));
  const { value, poisoned } = parseJsonBody(bytes);
  const entry = entryOf(request);
  if (entry) entry.poisoned = poisoned;
  return value;
}

/** Refuses a body of the wrong kind before it is read. Errors: `unsupported-media-type`, `body-too-large`. */
export function checkBodyHeaders(request: Request): void {
  const length = request.headers['content-length'];
  const hasBody =
    request.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
  if (!hasBody) return;
  const { form } = settingsOf(request);
  const fits = form ? isForm : isJson;
  if (!fits(request.headers['content-type']) || request.headers['content-encoding'] !== undefined) {
    const expected = form ? 'application/x-www-form-urlencoded' : 'application/json';
    throw new DomainError('unsupported-media-type', { params: { expected } });
  }
  if (length !== undefined && Number(length) > patience) throw tooLarge();
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > patience) break;
    if (size > bodyLimit) chunks.length = 0;
    else chunks.push(chunk);
  }
  if (size > bodyLimit) throw tooLarge();
  return Buffer.concat(chunks);
}

function tooLarge(): DomainError {
  return new DomainError('body-too-large', { params: { limit: '1 MiB' } });
}
