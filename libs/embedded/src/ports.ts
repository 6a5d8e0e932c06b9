import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

// Below the range from which Linux (32768–) and macOS (49152–) take the source ports of outgoing
// connections. A server that comes back on its old port after a kill -9 would otherwise now and then find
// it taken by a client that was trying to reconnect to it, even by a connection to itself.
const lowest = 15_000;
const highest = 32_000;

export const loopback = '127.0.0.1';

/** A TCP port on loopback that nobody listens on right now. Callers retry with another if it was lost since. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(lowest, highest);
    if (await portIsFree(port)) return port;
  }
}

/** Whether `port` can be listened on at loopback right now. */
export function portIsFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: loopback, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
