import { Agent, request } from 'node:http';

/** Times of one run, in milliseconds, sorted. */
export interface Run {
  readonly perSecond: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly seconds: number;
}

/** Does `count` pieces of work, `atOnce` of them at a time, and times each. */
export async function measure(
  count: number,
  atOnce: number,
  work: (index: number) => Promise<void>,
): Promise<Run> {
  const times: number[] = [];
  let next = 0;
  const start = performance.now();
  const client = async (): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      const begun = performance.now();
      await work(index);
      times.push(performance.now() - begun);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, client));
  const seconds = (performance.now() - start) / 1000;
  times.sort((a, b) => a - b);
  const at = (share: number): number =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return { perSecond: count / seconds, p50: at(0.5), p95: at(0.95), p99: at(0.99), seconds };
}

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/**
 * A lean HTTP client with kept-alive connections: the load generator shares the machine with what it
 * measures, so it must cost little.
 */
export function httpClient(
  base: string,
): (
  method: string,
  path: string,
  options?: { body?: unknown; token?: string; key?: string },
) => Promise<Answer> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  return (method, path, options = {}) =>
    new Promise((resolve, reject) => {
      const payload = options.body === undefined ? undefined : JSON.stringify(options.body);
      const outgoing = request(
        base + path,
        {
          method,
          agent,
          headers: {
            ...(payload !== undefined && {
              'content-type': 'application/json',
              'content-length': Buffer.byteLength(payload),
            }),
            ...(options.token !== undefined && { authorization: `Bearer ${options.token}` }),
            ...(options.key !== undefined && { 'idempotency-key': options.key }),
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            resolve({
              status: response.statusCode ?? 0,
              body: text === '' ? {} : (JSON.parse(text) as Answer['body']),
            });
          });
        },
      );
      outgoing.on('error', reject);
      outgoing.end(payload);
    });
}
