// The containers' health check: exits 0 when the service in this container can do its job, else 1.
// The gateway is asked over HTTP and answers for the whole product. The others have no port of their own:
// they are asked over NATS, with their own credentials, and answer for themselves and their database. With
// several replicas of a service any of them may answer.
import { connect, headers, nkeyAuthenticator } from '@nats-io/transport-node';
import { MessageSigner } from '../dist/libs/messaging/src/message-signer.js';
import { newSpan, readIdentity } from '../dist/libs/platform/src/index.js';

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
  const { nkey, key } = readIdentity();
  const connection = await connect({
    servers,
    name: `${service}-health`,
    inboxPrefix: `_INBOX.${service}`,
    ...(nkey && { authenticator: nkeyAuthenticator(new TextEncoder().encode(nkey)) }),
    timeout: bound,
    reconnect: false,
  });
  const subject = `rpc.${service}.platform.health`;
  const payload = '{}';
  const actor = { id: `service:${service}`, kind: 'service', assignments: [], employers: [] };
  const metadata = headers();
  const message = { subject, to: service, payload, actor, trace: newSpan() };
  metadata.set('insats-token', new MessageSigner(service, key).sign(message));
  try {
    const reply = await connection.request(subject, payload, { headers: metadata, timeout: bound });
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
