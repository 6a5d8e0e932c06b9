// The containers' health check: exits 0 when the service in this container can do its job, else 1.
// The gateway is asked over HTTP and answers for the whole product. The others have no port of their own:
// they are asked over NATS, as the gateway asks them, and answer for themselves and their database. With
// several replicas of a service any of them may answer.
import { connect, headers } from '@nats-io/transport-node';

const service = process.env.INSATS_SERVICE ?? 'gateway';
const bound = 4000;

async function gatewayIsReady() {
  const port = process.env.INSATS_PORT ?? '3000';
  const response = await fetch(`http://127.0.0.1:${port}/health/ready`, {
    signal: AbortSignal.timeout(bound),
  });
  return response.status === 200;
}

async function serviceIsReady() {
  const servers = (process.env.NATS_URL ?? 'nats://127.0.0.1:4222').split(',');
  const connection = await connect({ servers, name: `${service}-health`, timeout: bound, reconnect: false });
  const metadata = headers();
  metadata.set(
    'insats-actor',
    JSON.stringify({ id: 'service:health', kind: 'service', assignments: [], employers: [] }),
  );
  try {
    const reply = await connection.request(`rpc.${service}.platform.health`, '{}', {
      headers: metadata,
      timeout: bound,
    });
    const { ok } = reply.json();
    return ok !== undefined && Object.values(ok.parts).every((state) => state === 'up');
  } finally {
    await connection.close();
  }
}

try {
  process.exit((await (service === 'gateway' ? gatewayIsReady() : serviceIsReady())) ? 0 : 1);
} catch (error) {
  console.error(String(error));
  process.exit(1);
}
