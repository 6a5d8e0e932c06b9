import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { BusClient, connectBus, EventPublisher, MessageSigner } from '#libs/messaging';
import { createLogger, nestLogger, readIdentity, runProcess } from '#libs/platform';
import { ApiDescription } from './about/api-description.ts';
import { AccessLog } from './access-log/access-log.ts';
import { readGatewayConfig } from './config.ts';
import { GatewayModule } from './gateway.module.ts';
import { Admission } from './http/admission.ts';
import { createHttpServer } from './http/server.ts';
import { securityHeaders } from './http/security-headers.ts';
import { ActorResolver } from './identity/actor-resolver.ts';
import { Authenticator } from './identity/authenticator.ts';
import { ownKeys } from './identity/issuer-keys.ts';
import { providerKeys } from './identity/keys.ts';
import { TokenVerifier } from './identity/token-verifier.ts';
import { ownIssuer, providerIssuer } from './identity/trusted-issuer.ts';
import { Limits } from './limits/limits.ts';
import { openTokenEndpoint } from './oauth/open-token-endpoint.ts';
import { OAuthModule } from './oauth/oauth.module.ts';
import { docsStyleHash } from './openapi/docs-page.ts';
import { openSignIn } from './session/open-sign-in.ts';
import { pageStyleHash } from './session/page.ts';
import { SessionModule } from './session/session.module.ts';

const logger = createLogger('gateway', process.env['LOG_LEVEL'] ?? 'info');

await runProcess(logger, async () => {
  const config = readGatewayConfig();
  const identity = readIdentity();
  const bus = await connectBus({ url: config.natsUrl, name: 'gateway', nkey: identity.nkey });
  const client = new BusClient(bus.connection, new MessageSigner('gateway', identity.key));
  const demo = config.mode === 'demo' ? await import('./demo/index.ts') : undefined;
  const key = config.identity.jwksUrl === undefined ? await demo?.demoSigningKey(config.home) : undefined;
  const keys = providerKeys(config.identity, key);
  const people =
    config.signIn && (await openSignIn(config.signIn, { bus, keys: keys.find, home: config.home, logger }));
  const tokens =
    config.oauth &&
    (await openTokenEndpoint(config.oauth, client, logger, () => demo?.demoTokenKeys(config.home)));
  if (!config.limits) logger.warn('no rate limits');
  const authenticator = new Authenticator(
    new TokenVerifier([
      providerIssuer(config.identity, keys),
      ...(tokens ? [ownIssuer(tokens.issuer, config.identity.audience, ownKeys(tokens.keys.jwks))] : []),
    ]),
    new ActorResolver(client),
  );
  const accessLog = new AccessLog(new EventPublisher(bus, 'gateway'), logger);
  const { adapter, filter } = createHttpServer({
    headers: securityHeaders([docsStyleHash, pageStyleHash]),
    admission: new Admission({
      authenticator,
      requiredLevels: config.identity.requiredLevels,
      sessions: people?.sessions,
      limits: config.limits && new Limits(config.limits, logger),
    }),
    trustedProxies: config.trustedProxies,
    accessLog,
    logger,
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    GatewayModule.with(bus, client, [
      ...(people ? [SessionModule.with(people.signIn)] : []),
      ...(tokens ? [OAuthModule.with(tokens)] : []),
      ...(demo ? [demo.DemoModule.with(config, client, logger, key)] : []),
    ]),
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
      people?.close();
      await accessLog.close();
      await bus.drain();
    },
  };
});
