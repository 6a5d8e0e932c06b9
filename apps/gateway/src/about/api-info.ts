import { basePath } from '../http/base-path.ts';

/** What DIGG's national REST API profile wants to know of an API, at `/api-info`. */
export const apiInfo = {
  apiName: 'insats',
  apiVersion: '1.0.0',
  apiReleased: '2026-11-24',
  apiDocumentation: `${basePath}/docs`,
  apiStatus: 'active',
} as const;
