import { Module, type DynamicModule } from '@nestjs/common';
import { SessionController } from './session.controller.ts';
import { SignIn } from './sign-in.ts';

/** People's sign-in. Not there at all when no client of an identity provider is configured. */
@Module({})
export class SessionModule {
  static with(signIn: SignIn): DynamicModule {
    return {
      module: SessionModule,
      controllers: [SessionController],
      providers: [{ provide: SignIn, useValue: signIn }],
    };
  }
}
