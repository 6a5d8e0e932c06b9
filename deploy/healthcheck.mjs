// The containers' health check: exits 0 when what runs in this container can do its job, else 1. The gateway
// answers for the whole product, the others for themselves, their database and the bus.
const isGateway = (process.env.INSATS_SERVICE ?? 'gateway') === 'gateway';
const address = isGateway
  ? `http://127.0.0.1:${process.env.INSATS_PORT ?? '3000'}/health/ready`
  : `http://127.0.0.1:${process.env.HEALTH_PORT}/`;

try {
  const { status } = await fetch(address, { signal: AbortSignal.timeout(4000) });
  process.exit(status === 200 ? 0 : 1);
} catch (error) {
  console.error(String(error));
  process.exit(1);
}
