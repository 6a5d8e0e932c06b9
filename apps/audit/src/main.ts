import { yieldProcessor } from '#libs/platform';
import { startService } from '#libs/service';
import { AccessRepository } from './access/access.repository.ts';
import { AuditModule } from './audit.module.ts';
import { LeafRepository } from './log/leaf.repository.ts';

await startService({
  service: 'audit',
  module: AuditModule,
  prepare: async (app) => {
    await Promise.all([app.get(LeafRepository).prepare(), app.get(AccessRepository).prepare()]);
  },
});

// Keeping and sealing may wait when somebody waits for an answer.
yieldProcessor(5);
