import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type Host } from './host.ts';

export type Health = Record<string, 'up' | 'down'>;

/** How what a service needs is doing. */
export async function healthOfParts({ database, bus }: Pick<Host, 'database' | 'bus'>): Promise<Health> {
  const [isDatabaseUp, isBusUp] = await Promise.all([database.isUp(), bus.isUp()]);
  return { database: isDatabaseUp ? 'up' : 'down', bus: isBusUp ? 'up' : 'down' };
}

export interface HealthPort {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Answers the health check of the service's own container, on loopback: 200 when all parts are up, else 503.
 * Not over the bus, where any replica might answer, and where a service that could ask itself could do more:
 * see `permissionsOf` in libs/bus-setup.
 *
 * @param port 0: any that is free
 */
export async function answerHealth(port: number, parts: () => Promise<Health>): Promise<HealthPort> {
  const server = createServer((_request, response) => {
    void parts()
      .catch(() => ({ service: 'down' }) satisfies Health)
      .then((health) => {
        const isUp = Object.values(health).every((state) => state === 'up');
        response.writeHead(isUp ? 200 : 503, { 'content-type': 'application/json', connection: 'close' });
        response.end(JSON.stringify({ parts: health }));
      });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
