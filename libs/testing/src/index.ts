export {
  api,
  type Api,
  type ApiAnswer,
  type ApiClient,
  type ApiTarget,
  type RequestOptions,
} from './api-client.ts';
export { eventually } from './eventually.ts';
export { startFlood, type Flood, type FloodOptions } from './flood.ts';
export { freePort } from '#libs/embedded';
export { startTestProduct, type TestProductOptions } from './test-product.ts';
export { testKeys, type TestKeys } from './test-keys.ts';
export { testServers, type TestServers } from './test-servers.ts';
export { uniqueName } from './unique-name.ts';
export { actorWith, connectTestBus, type BusCaller, type BusRequest, type TestBus } from './test-bus.ts';
