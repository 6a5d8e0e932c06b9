export { startDevMongo } from './server.ts';
export type { DevMongo, DevMongoOptions } from './server.ts';
