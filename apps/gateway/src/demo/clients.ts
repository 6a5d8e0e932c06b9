/**
 * Those who can get a token in demo mode; the secret is the id with `-secret` appended. Who they are and
 * what they may do is the directory's to say. The heads of operations of Jönköping and Västerbotten are
 * more than the published list, so that every demo region can sign.
 */
export const demoClients: ReadonlySet<string> = new Set([
  'region-ostergotland-system',
  'region-kalmar-system',
  'region-jonkoping-system',
  'region-vasterbotten-system',
  'chef-ostergotland',
  'chef-kalmar',
  'chef-jonkoping',
  'chef-vasterbotten',
  'kansli-sydost',
  'kansli-norr',
  'bedomare-sydost-1',
  'bedomare-sydost-2',
  'bedomare-ostergotland',
  'beslut-sydost',
  'beslut-norr',
  'ekonom-sydost',
  'process-sydost',
  'process-norr',
  'nationell',
  'revisor',
]);

export function isDemoClient(id: string, secret: string): boolean {
  return demoClients.has(id) && secret === `${id}-secret`;
}
