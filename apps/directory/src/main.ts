import { startService } from '#libs/service';
import { DirectoryModule } from './directory.module.ts';
import { prepareDirectory } from './prepare.ts';

await startService({ service: 'directory', module: DirectoryModule, prepare: prepareDirectory });
