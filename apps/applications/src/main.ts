import { startService } from '#libs/service';
import { ApplicationsModule } from './applications.module.ts';
import { References } from './application/references.ts';

await startService({
  service: 'applications',
  module: ApplicationsModule,
  prepare: (app) => app.get(References).prepare(),
});
