export {
  credentialsOf,
  makeCredentials,
  natsConfigurationOf,
  nkeyOf,
  type CredentialsOptions,
} from './credentials.ts';
export { newInternalKey, publicPartOf } from './keys.ts';
export { natsPermissions, userNames, type UserName } from './nats-config.ts';
export { inboxOf, longestQuestion, permissionsOf, questions, type Permissions } from './permissions.ts';
export {
  provisionBus,
  upsertConsumer,
  upsertStream,
  upsertUsedTokens,
  type Provisioned,
  type ProvisionOptions,
} from './provision.ts';
export {
  acknowledgeWait,
  consumerConfig,
  deliveredAtOnce,
  endedSessions,
  streamConfig,
  usedTokens,
} from './streams.ts';
