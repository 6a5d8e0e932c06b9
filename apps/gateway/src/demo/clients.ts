/**
 * Those who can get a token in demo mode; the secret is the id with `-secret` appended. Who they are and
 * what they may do is the directory's to say. More than the published list are the heads of operations
 * of Jönköping and Västerbotten, so that every demo region can sign, a second controller, since nobody attests a
 * payment of their own, and one for each remaining role.
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
  'ekonom-sydost-2',
  'process-sydost',
  'process-norr',
  'nationell',
  'revisor',
  'sokande-kalmar',
  'lasare-kalmar',
  'lasare-sydost',
  'lasare-nationell',
  'administrator',
]);

export function isDemoClient(id: string, secret: string): boolean {
  return demoClients.has(id) && secret === `${id}-secret`;
}
