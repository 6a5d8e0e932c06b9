import { type Type } from '@nestjs/common';
import { serviceActor } from '#libs/contracts';
import { stampOf } from '#libs/access';
import { Clock, commonConfig, readConfig } from '#libs/platform';
import { z } from 'zod';
import { UsedAssertions } from './api-client/used-assertions.repository.ts';
import { firstAdministrator, recordFirstAdministrator } from './first-administrator.service.ts';
import { loadDemo } from './demo/load-demo.service.ts';

const seedConfig = z.object({
  ...commonConfig,
  /** `demo`: load the demonstration's organisations and people outside demo mode too. */
  INSATS_SEED: z.enum(['none', 'demo']).default('none'),
  /** Who administers an installation in which nobody does yet. */
  FIRST_ADMINISTRATOR: firstAdministrator.optional(),
});

/**
 * Makes what no aggregate makes, records the first administrator where one is named, and loads the
 * demonstration's organisations, people and roles where wanted.
 */
export async function prepareDirectory(app: { get<T>(token: Type<T>): T }): Promise<void> {
  await app.get(UsedAssertions).prepare();
  const config = readConfig(seedConfig);
  const actor = stampOf(serviceActor('directory'));
  const time = app.get(Clock).now();
  if (config.INSATS_MODE === 'demo' || config.INSATS_SEED === 'demo') {
    await loadDemo(app, { actor, time, command: 'demo.load' });
  }
  const first = config.FIRST_ADMINISTRATOR;
  if (first) await recordFirstAdministrator(app, first, { actor, time, command: 'administrator.first' });
}
