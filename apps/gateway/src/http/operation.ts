import { applyDecorators, Get, HttpCode, Patch, Post } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { type Endpoint } from '#libs/contracts';
import { Described } from '../openapi/described.ts';
import { basePath } from './base-path.ts';
import { type RouteSettings } from './route-config.ts';

const verbs = { GET: Get, POST: Post, PATCH: Patch } as const;

/**
 * Binds a controller method to a contract, which says everything else: method, path and status here,
 * the checks of the input (see input.ts), the answer's headers (see reply.interceptor.ts) and the
 * OpenAPI document (see openapi/).
 */
export function Operation(contract: Endpoint): MethodDecorator {
  const settings: RouteSettings = { contract };
  return applyDecorators(
    verbs[contract.method](basePath + contract.path),
    HttpCode(contract.status),
    RouteConfig(settings),
    Described(contract),
  );
}
