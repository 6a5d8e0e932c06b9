import { type Type } from '@nestjs/common';
import { serviceActor } from '#libs/contracts';
import { stampOf } from '#libs/access';
import { Clock, commonConfig, readConfig } from '#libs/platform';
import { type WriteContext } from '#libs/persistence';
import { z } from 'zod';
import { demoOrganisations } from './demo/organisations.ts';
import { demoPeople } from './demo/people.ts';
import { OrganisationRepository } from './organisation/organisation.repository.ts';
import { PersonRepository } from './person/person.repository.ts';

/** `demo`: load the demonstration's organisations and people outside demo mode too. */
const seedConfig = z.object({ ...commonConfig, INSATS_SEED: z.enum(['none', 'demo']).default('none') });

/** Loads the organisations and people of the demonstration, where they are wanted. Repeating it changes nothing. */
export async function prepareDirectory(app: { get<T>(token: Type<T>): T }): Promise<void> {
  const config = readConfig(seedConfig);
  if (config.INSATS_MODE !== 'demo' && config.INSATS_SEED !== 'demo') return;
  const context: WriteContext = {
    actor: stampOf(serviceActor('directory')),
    time: app.get(Clock).now(),
    command: 'demo.load',
  };
  await Promise.all([
    app.get(OrganisationRepository).recordAll(demoOrganisations, context),
    app.get(PersonRepository).recordAll(demoPeople, context),
  ]);
}
