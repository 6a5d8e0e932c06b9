import { startService } from '#libs/service';
import { ApplicationsModule } from './applications.module.ts';
import { ReferenceRegister } from './application/reference-register.repository.ts';

await startService({
  service: 'applications',
  module: ApplicationsModule,
  prepare: (app) => app.get(ReferenceRegister).prepare(),
});
