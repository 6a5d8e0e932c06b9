import { type Operation } from './description.ts';

/** Somebody in each of the roles. */
export const callers = [
  'sokande-kalmar',
  'chef-kalmar',
  'lasare-kalmar',
  'region-kalmar-system',
  'kansli-sydost',
  'bedomare-sydost-1',
  'beslut-sydost',
  'ekonom-sydost',
  'process-sydost',
  'lasare-sydost',
  'nationell',
  'lasare-nationell',
  'revisor',
  'administrator',
] as const;

/** Somebody who may carry the operation out on everything that is made for it. */
export function rightCaller({ method, path }: Pick<Operation, 'method' | 'path'>): string {
  if (path.endsWith('/decisions')) return 'beslut-sydost';
  if (path.endsWith('/assessments') && path.startsWith('/applications'))
    return method === 'GET' ? 'revisor' : 'bedomare-sydost-1';
  if (path.endsWith('/conflict-declaration')) return 'bedomare-sydost-1';
  if (/\/(sign-off|acceptance)$/.test(path)) return 'chef-kalmar';
  if (/\/(rejection|payments|attestation)$/.test(path)) return 'ekonom-sydost';
  if (path.startsWith('/applications')) return 'region-kalmar-system';
  if (/^\/(plan|measures|observations|assessments)/.test(path)) return 'process-sydost';
  if (/^\/(people|role|api-clients|thinning|organisations)/.test(path)) return 'administrator';
  if (path.startsWith('/audit')) return 'revisor';
  return 'kansli-sydost';
}
