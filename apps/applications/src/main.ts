import { startService } from '#libs/service';
import { ApplicationsModule } from './applications.module.ts';

await startService({ service: 'applications', module: ApplicationsModule });
