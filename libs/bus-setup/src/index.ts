export {
  credentialsOf,
  makeCredentials,
  natsConfigurationOf,
  nkeyOf,
  type CredentialsOptions,
} from './credentials.ts';
export { newInternalKey, publicPartOf } from './keys.ts';
export { natsPermissions, userNames, type UserName } from './nats-config.ts';
export { permissionsOf, questions, type Permissions } from './permissions.ts';
export { provisionBus, upsertConsumer, upsertStream, type ProvisionOptions } from './provision.ts';
export { acknowledgeWait, consumerConfig, deliveredAtOnce, endedSessions, streamConfig } from './streams.ts';
