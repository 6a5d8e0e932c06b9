import { Module, type DynamicModule } from '@nestjs/common';
import { OAuthController } from './oauth.controller.ts';
import { TokenEndpoint } from './token-endpoint.ts';

/** Access tokens for regions' systems. Not there at all when no key is configured. */
@Module({})
export class OAuthModule {
  static with(endpoint: TokenEndpoint): DynamicModule {
    return {
      module: OAuthModule,
      controllers: [OAuthController],
      providers: [{ provide: TokenEndpoint, useValue: endpoint }],
    };
  }
}
