import { Injectable } from '@nestjs/common';
import { require } from '#libs/access';
import {
  auditVerificationOf,
  DomainError,
  serviceActor,
  serviceNames,
  type Actor,
  type ServiceName,
  type VerificationView,
} from '#libs/contracts';
import { BusClient } from '#libs/messaging';
import { AlarmRepository } from '../log/alarm.repository.ts';
import { RootRepository } from '../log/root.repository.ts';
import { toSignedRoot } from '../log/root.view.ts';
import { LogCheck } from './log-check.service.ts';
import {
  incompleteServices,
  isOver,
  isWhole,
  newRun,
  type ServicePart,
  type VerificationRun,
} from './verification-run.ts';
import { VerificationRunRepository } from './verification-run.repository.ts';

/** Milliseconds of work within one request: the caller is answered in time, and asks again. */
const perRequest = 600;
/** Milliseconds that a service works at a stretch, and that it may take to say so. */
const stretch = 300;
const patience = 2000;
/** The same while a caller waits: with {@link perRequest} less than the gateway's own bound. */
const patienceWithinRequest = 900;
const alarmsShown = 20;

const actor = serviceActor('audit');

/** Goes through everything: all chains of all services, then the log. A run is begun by who asks, and goes on. */
@Injectable()
export class VerificationService {
  constructor(
    private readonly runs: VerificationRunRepository,
    private readonly check: LogCheck,
    private readonly roots: RootRepository,
    private readonly alarms: AlarmRepository,
    private readonly bus: BusClient,
  ) {}

  /**
   * Tells of the run under way, having gone on with it, or of one that has finished meanwhile; who has seen
   * that, or comes long after, begins a new one and is told what the one before found. Errors: `forbidden`, `unavailable`.
   */
  async view(caller: Actor): Promise<VerificationView> {
    require(caller, 'verification', 'audit', {});
    const known = await this.runs.latest();
    const now = new Date();
    if (!known || isOver(known.run, now))
      await this.runs.keep(newRun(now.toISOString(), known?.run), known?.version ?? 0);
    await this.goOn(perRequest, patienceWithinRequest);
    const latest = await this.runs.latest();
    if (!latest) throw new Error('the run is gone');
    const { run, version } = latest;
    if (run.finishedAt !== null) await this.runs.keep({ ...run, shown: true }, version);
    return this.toView(run);
  }

  /** Goes on with the run under way, if there is one, for `budget` milliseconds, and `bound` for the last step. */
  async goOn(budget: number, bound = patience): Promise<void> {
    const until = performance.now() + budget;
    do {
      const known = await this.runs.latest();
      if (!known || known.run.finishedAt !== null) return;
      await this.runs.keep(await this.advanced(known.run, bound), known.version);
    } while (performance.now() < until);
  }

  /** All services at once, then the log, which refers to their chains. */
  private async advanced(run: VerificationRun, bound: number): Promise<VerificationRun> {
    const waiting = incompleteServices(run);
    const parts = await Promise.all(
      waiting.map(async (name) => [name, await this.ofService(name, run.services[name], bound)] as const),
    );
    const services = { ...run.services, ...Object.fromEntries(parts) };
    const log = waiting.length > 0 ? run.log : await orAsItWas(this.check.step(run.log, bound), run.log);
    return { ...run, services, log, finishedAt: log.complete ? new Date().toISOString() : null };
  }

  private async ofService(service: ServiceName, part: ServicePart, bound: number): Promise<ServicePart> {
    const asked = this.bus.ask(
      auditVerificationOf(service),
      { after: part.after, budget: stretch },
      { actor, timeout: bound },
    );
    const answer = await orAsItWas(asked, undefined);
    if (!answer) return part;
    const { events, chains, documents, uncovered, fault, next } = answer;
    return {
      events: part.events + events,
      chains: part.chains + chains,
      documents: part.documents + documents,
      uncovered: part.uncovered + uncovered,
      fault,
      after: next,
      complete: fault !== null || next === null,
    };
  }

  private async toView(run: VerificationRun): Promise<VerificationView> {
    const [newest, alarms] = await Promise.all([this.roots.newest(), this.alarms.latest(alarmsShown)]);
    const { leaves, roots, complete, fault } = run.log;
    return {
      startedAt: run.startedAt,
      finishedAt: run.finishedAt,
      complete: run.finishedAt !== null,
      previous: run.previous ?? null,
      whole: isWhole(run) && alarms.page.total === 0,
      services: serviceNames.map((service) => {
        const { after: _after, ...part } = run.services[service];
        return { service, ...part };
      }),
      log: { leaves, roots, complete, fault },
      newestRoot: newest && { ...toSignedRoot(newest), fits: this.check.fits(newest, run.log) },
      alarms: alarms.items,
      alarmCount: alarms.page.total,
    };
  }
}

/** What a service that does not answer in time leaves undone is taken up again by the next step. */
async function orAsItWas<Done, Before>(step: Promise<Done>, before: Before): Promise<Done | Before> {
  try {
    return await step;
  } catch (error) {
    if (error instanceof DomainError && error.code === 'unavailable') return before;
    throw error;
  }
}
