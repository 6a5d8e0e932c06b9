import { type Type } from '@nestjs/common';
import { serviceActor } from '#libs/contracts';
import { stampOf } from '#libs/access';
import { Clock, commonConfig, readConfig } from '#libs/platform';
import { z } from 'zod';
import { UsedAssertions } from './api-client/used-assertions.repository.ts';
import { loadDemo } from './demo/load-demo.service.ts';

/** `demo`: load the demonstration's organisations and people outside demo mode too. */
const seedConfig = z.object({ ...commonConfig, INSATS_SEED: z.enum(['none', 'demo']).default('none') });

/** Makes what no aggregate makes, and loads the demonstration's organisations, people and roles where wanted. */
export async function prepareDirectory(app: { get<T>(token: Type<T>): T }): Promise<void> {
  await app.get(UsedAssertions).prepare();
  const config = readConfig(seedConfig);
  if (config.INSATS_MODE !== 'demo' && config.INSATS_SEED !== 'demo') return;
  await loadDemo(app, {
    actor: stampOf(serviceActor('directory')),
    time: app.get(Clock).now(),
    command: 'demo.load',
  });
}
