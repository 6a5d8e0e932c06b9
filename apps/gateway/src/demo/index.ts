export { DemoModule } from './demo.module.ts';
export { demoSigningKey, demoTokenKeys } from './signing-key.ts';
