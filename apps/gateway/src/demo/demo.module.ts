import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { BusClient } from '#libs/messaging';
import { type Logger } from '#libs/platform';
import { type GatewayConfig } from '../config.ts';
import { DemoAuthorization } from './authorization.ts';
import { DemoAuthorizationController } from './authorization.controller.ts';
import { DemoClock } from './clock.ts';
import { DemoClockController } from './clock.controller.ts';
import { DemoIdentityController } from './identity.controller.ts';
import { DemoIdentityProvider } from './identity-provider.ts';
import { DemoMail } from './mail.ts';
import { DemoMailController } from './mail.controller.ts';
import { type DemoSigningKey } from './signing-key.ts';

/** Everything below /dev. Not even loaded outside demo mode, so that it cannot be reached there. */
@Module({})
export class DemoModule {
  /** `key` undefined: another identity provider is configured. */
  static with(
    config: GatewayConfig,
    bus: BusClient,
    logger: Logger,
    key: DemoSigningKey | undefined,
  ): DynamicModule {
    return {
      module: DemoModule,
      controllers: [
        DemoClockController,
        DemoMailController,
        ...(key ? [DemoIdentityController, DemoAuthorizationController] : []),
      ],
      providers: [
        { provide: DemoClock, useValue: new DemoClock(bus, config.home, logger) },
        { provide: DemoMail, useValue: new DemoMail(config.devMailUrl) },
        ...(key ? identityProviders(config, key) : []),
      ],
    };
  }
}

function identityProviders(config: GatewayConfig, key: DemoSigningKey): Provider[] {
  const people = new DemoAuthorization(
    config.signIn?.redirectUri ?? '',
    config.signIn?.afterLogoutUri ?? '',
    config.identity.issuer,
  );
  return [
    { provide: DemoAuthorization, useValue: people },
    { provide: DemoIdentityProvider, useValue: new DemoIdentityProvider(config.identity, key, people) },
  ];
}
