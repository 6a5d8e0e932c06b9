import { Injectable } from '@nestjs/common';
import { civilDayAt } from '#libs/calendar';
import { type Stored, type WriteContext } from '#libs/persistence';
import { Clock, failPoint } from '#libs/platform';
import { Sweeps } from '#libs/service';
import { type Application } from './application-record.ts';
import { register } from './application.ts';
import { ApplicationRepository } from './application.repository.ts';
import { ReferenceRegister } from './reference-register.repository.ts';

const sweepEvery = 2000;

/**
 * Gives submitted applications their references: gap-free per RCC and year, in the order in which the
 * register was asked. Asked only after the submission is stored, since a number that nobody takes would be
 * a gap; the sweep finishes what a crash in between left.
 */
@Injectable()
export class References {
  constructor(
    private readonly numbers: ReferenceRegister,
    private readonly applications: ApplicationRepository,
    private readonly clock: Clock,
    sweeps: Sweeps,
  ) {
    sweeps.add('references', sweepEvery, () => this.finish());
  }

  /** The application with its reference. `context` says who submitted. */
  async give(stored: Stored<Application>, context: WriteContext): Promise<Stored<Application>> {
    const { submittedAt, rcc, reference } = stored.state;
    if (reference !== null || submittedAt === null) return stored;
    failPoint('submission.before-registration');
    const year = Number(civilDayAt(submittedAt).slice(0, 4));
    const series = `${rcc}-${year}`;
    const number = await this.numbers.numberFor(series, stored.id);
    const { actor, time, command, traceparent } = context;
    const { stored: registered } = await this.applications.change(stored.id, {
      from: stored,
      // Without the caller's key: that belongs to the submission itself.
      authorize: () => ({ actor, time, command, ...(traceparent !== undefined && { traceparent }) }),
      decide: (current) => register(stored.id, current.state, number, year),
    });
    return registered;
  }

  private async finish(): Promise<void> {
    const actor = { id: 'service:applications', kind: 'service' } as const;
    for (const stored of await this.applications.unregistered(100)) {
      await this.give(stored, { actor, time: this.clock.now(), command: 'applications.register' });
    }
  }
}
