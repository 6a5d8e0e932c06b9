import { Global, Module, type DynamicModule } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { type Bus, BusClient } from '#libs/messaging';
import { ApiDescription } from './about/api-description.ts';
import { AboutController } from './about/about.controller.ts';
import { HealthController } from './about/health.controller.ts';
import { Readiness } from './about/readiness.ts';
import { ApiModule } from './api/api.module.ts';
import { ReplyInterceptor } from './http/reply.interceptor.ts';

@Global()
@Module({})
export class GatewayModule {
  static with(bus: Bus, client: BusClient, more: DynamicModule[]): DynamicModule {
    return {
      module: GatewayModule,
      imports: [ApiModule, ...more],
      controllers: [AboutController, HealthController],
      providers: [
        ApiDescription,
        { provide: BusClient, useValue: client },
        { provide: Readiness, useValue: new Readiness(bus, client) },
        { provide: APP_INTERCEPTOR, useClass: ReplyInterceptor },
      ],
      exports: [BusClient],
    };
  }
}
