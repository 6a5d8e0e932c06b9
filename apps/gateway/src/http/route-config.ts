import { type Endpoint } from '#libs/contracts';
import { type Request } from './fastify.ts';

/** What a route says about itself to the hooks that run before its controller. */
export interface RouteSettings {
  /** The operation; its caller must have an identity. */
  readonly contract?: Endpoint;
  /** Takes a form instead of JSON. */
  readonly form?: true;
}

export function settingsOf(request: Request): RouteSettings {
  return request.routeOptions.config as RouteSettings;
}
