import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { BusClient, connectBus } from '#libs/messaging';
import { createLogger, nestLogger, runProcess } from '#libs/platform';
import { ApiDescription } from './about/api-description.ts';
import { readGatewayConfig } from './config.ts';
import { GatewayModule } from './gateway.module.ts';
import { createHttpServer } from './http/server.ts';
import { securityHeaders } from './http/security-headers.ts';
import { ActorResolver } from './identity/actor-resolver.ts';
import { Authenticator } from './identity/authenticator.ts';
import { verificationKeys } from './identity/keys.ts';
import { TokenVerifier } from './identity/token-verifier.ts';
import { docsStyleHash } from './openapi/docs-page.ts';

const logger = createLogger('gateway', process.env['LOG_LEVEL'] ?? 'info');

await runProcess(logger, async () => {
  const config = readGatewayConfig();
  const bus = await connectBus({ url: config.natsUrl, name: 'gateway' });
  const client = new BusClient(bus.connection);
  const demo = config.mode === 'demo' ? await import('./demo/index.ts') : undefined;
  const key = config.identity.jwksUrl === undefined ? await demo?.demoSigningKey(config.home) : undefined;
  const authenticator = new Authenticator(
    new TokenVerifier(config.identity, verificationKeys(config.identity, key)),
    new ActorResolver(client),
  );
  const { adapter, filter } = createHttpServer({
    headers: securityHeaders([docsStyleHash]),
    authenticator,
    logger,
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    GatewayModule.with(bus, client, demo ? [demo.DemoModule.with(config, client, logger, key)] : []),
    adapter,
    { bodyParser: false, logger: nestLogger(logger), abortOnError: false },
  );
  app.useGlobalFilters(filter);
  app.get(ApiDescription).use(app);
  await app.listen(config.port, config.host);
  return {
    async stop() {
      // No more requests in, those under way answered, then the bus.
      await app.close();
      await bus.drain();
    },
  };
});
