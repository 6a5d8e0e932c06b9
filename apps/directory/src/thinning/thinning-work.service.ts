import { Injectable, type OnModuleInit } from '@nestjs/common';
import { civilDayAt } from '#libs/calendar';
import { serviceActor, thinnable, thinningOf, type ThinningRequest } from '#libs/contracts';
import { BusClient } from '#libs/messaging';
import { type Stored, type WriteContext } from '#libs/persistence';
import { Clock } from '#libs/platform';
import { Sweeps } from '#libs/service';
import { isInForce, type ThinningRule } from './thinning-rule.ts';
import { ThinningRuleRepository } from './thinning-rule.repository.ts';
import { advanceRun, stopRun, type Progress, type ThinningRun } from './thinning-run.ts';
import { ThinningRunRepository } from './thinning-run.repository.ts';

/** Documents that an owner looks at in one part. */
const atOnce = 25;
/** Milliseconds between two rounds, and bound on one question: an owner with much to do is not hurried. */
const every = 1000;
const patience = 10_000;
/** The least time that a question gets, however little is left. */
const least = 300;
/** Milliseconds that one round works: the lease must not run out under it. */
const roundTime = 5000;

/**
 * Carries runs out, part by part: the owner thins, then the protocol says so. A crash in between is healed by
 * asking for the same part again, for the owner answers what this run has done before.
 */
@Injectable()
export class ThinningWork implements OnModuleInit {
  constructor(
    private readonly rules: ThinningRuleRepository,
    private readonly runs: ThinningRunRepository,
    private readonly bus: BusClient,
    private readonly clock: Clock,
    private readonly sweeps: Sweeps,
  ) {}

  onModuleInit(): void {
    this.sweeps.add('thinning', every, () => this.round());
  }

  /** Goes on with whatever a crash or a long run has left. */
  async round(): Promise<void> {
    const until = performance.now() + roundTime;
    const failures: unknown[] = [];
    for (const id of await this.runs.running()) {
      try {
        await this.work(id, until);
      } catch (error) {
        // The owner of these documents is away; those of other runs may be there.
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'runs wait for their owners');
  }

  /** Works on a run until it is done or the time (monotonic milliseconds) is up. Errors: `unavailable`. */
  async work(id: string, until: number): Promise<void> {
    while (performance.now() < until) {
      const run = await this.runs.find(id);
      if (run?.state.state !== 'running') return;
      if (!(await this.mayGoOn(run))) {
        await this.write(run, (current) => stopRun(id, current.state, this.clock.now()));
        return;
      }
      const { position: from, ruleId, decisionReference, by, on } = run.state;
      const task = { id, ruleId, decisionReference, by };
      const part = await this.part(run.state, { from, on, run: task, until });
      const progress: Progress = { from, ...part };
      await this.write(run, (current) => advanceRun(id, current.state, progress, this.clock.now()));
    }
  }

  /** One part of what a rule reaches. `run` null: nothing is changed. */
  part(
    { documentType, after }: Pick<ThinningRule, 'documentType' | 'after'>,
    { from, on, run, until }: Pick<ThinningRequest, 'from' | 'on' | 'run'> & { readonly until: number },
  ): Promise<Omit<Progress, 'from'>> {
    // Whoever waits is not kept longer for an owner that has died than for one that works.
    const timeout = Math.round(Math.min(patience, Math.max(least, until - performance.now())));
    return this.bus.ask(
      thinningOf(thinnable[documentType].service),
      { documentType, after, on, from, limit: atOnce, run },
      { actor: serviceActor('directory'), timeout },
    );
  }

  private async mayGoOn(run: Stored<ThinningRun>): Promise<boolean> {
    const rule = await this.rules.find(run.state.ruleId);
    return rule !== null && isInForce(rule.state, civilDayAt(this.clock.now()));
  }

  private async write(
    run: Stored<ThinningRun>,
    decide: (current: Stored<ThinningRun>) => ReturnType<typeof advanceRun>,
  ): Promise<void> {
    const context: WriteContext = {
      actor: run.state.by,
      time: this.clock.now(),
      command: 'thinningRules.run',
    };
    await this.runs.change(run.id, { authorize: () => context, decide });
  }
}
