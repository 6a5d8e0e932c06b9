export { builtFile, cacheFolder, checkout } from './checkout.ts';
export { startDatabase, type DatabaseHandle, type DatabaseKind, type DatabaseOptions } from './database.ts';
export { resetHome } from './home.ts';
export { startMailCatcher, type MailCatcher } from './mail-catcher.ts';
export type { CaughtMail } from './caught-mail.ts';
export { startNats, type NatsOptions } from './nats.ts';
export { freePort } from './ports.ts';
export {
  PortTaken,
  startProduct,
  type Product,
  type ProductOptions,
  type ProductProcess,
} from './product.ts';
export { Refusal } from './refusal.ts';
export type { ServerHandle } from './server-handle.ts';
export { allServices, type ServiceChoice } from './services.ts';
