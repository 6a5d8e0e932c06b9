export { DemoModule } from './demo.module.ts';
export { demoSigningKey } from './signing-key.ts';
