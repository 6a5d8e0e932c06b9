import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { BusClient } from '#libs/messaging';
import { ApiModule } from '../api/api.module.ts';
import { openApiOf, type OpenApiDocument } from './document.ts';

/** The document without servers or services: Nest looks at the controllers and makes none of them. */
export async function previewOpenApi(): Promise<OpenApiDocument> {
  // Nest wants to know where each dependency comes from, also where it fills none.
  const api = { module: ApiModule, providers: [{ provide: BusClient, useValue: null }] };
  const app = await NestFactory.create<NestFastifyApplication>(api, new FastifyAdapter(), {
    preview: true,
    logger: false,
    abortOnError: false,
  });
  return openApiOf(app);
}
