import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

// Below the range from which Linux (32768–) and macOS (49152–) take the source ports of outgoing
// connections. A server that comes back on its old port after a kill -9 would otherwise now and then find
// it taken by a client that was trying to reconnect to it, even by a connection to itself.
const lowest = 15_000;
const highest = 32_000;

export const loopback = '127.0.0.1';

/**
 * A TCP port on loopback that nobody listens on right now, and that no other call of this gives out as long as this
 * process lives. Callers retry with another if a program that does not ask here has taken it since.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(lowest, highest);
    const release = await reserve(port);
    if (!release) continue;
    if (await portIsFree(port)) return port;
    release();
  }
}

/**
 * Seconds go by until a server listens on the port that was found for it, and while it is down after a crash; test
 * suites side by side would now and then take each other's. The UDP port of the same number, which nobody here uses,
 * is held as the sign: the system frees it when the process ends, however it ends.
 */
function reserve(port: number): Promise<(() => void) | undefined> {
  return new Promise((resolve) => {
    const sign = createSocket('udp4').unref();
    sign.once('error', () => resolve(undefined));
    sign.bind({ port, address: loopback, exclusive: true }, () => resolve(() => sign.close()));
  });
}

/** Whether `port` can be listened on at loopback right now. */
export function portIsFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: loopback, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
