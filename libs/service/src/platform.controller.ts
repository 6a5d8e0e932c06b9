import { Controller, Inject, type Type } from '@nestjs/common';
import {
  adoptClockOf,
  applicationsDeadLetters,
  DomainError,
  healthOf,
  notificationsDeadLetters,
  type Actor,
  type Command,
  type DeadLetterView,
  type Page,
  type ServiceName,
} from '#libs/contracts';
import { require, requireVisible, visibleWhere } from '#libs/access';
import { Handles, type Asked, type AskedRpc } from '#libs/messaging';
import { healthOfParts, type Health } from './health.ts';
import { HOST, type Host } from './host.ts';
import { privacyController } from './privacy.controller.ts';
import { journalController } from './journal/journal.controller.ts';

const settleBound = 10_000;

/** What every service answers: how it is, and, in demo mode, the clock. */
export function platformController(service: ServiceName): Type<unknown> {
  const health = healthOf(service);
  const clock = adoptClockOf(service);

  @Controller()
  class PlatformController {
    constructor(@Inject(HOST) private readonly host: Host) {}

    @Handles(health)
    async health(): Promise<{ parts: Health }> {
      return { parts: await healthOfParts(this.host) };
    }

    @Handles(clock)
    async adopt({ request }: AskedRpc<typeof clock>): Promise<{ now: string }> {
      if (this.host.mode !== 'demo') throw new DomainError('not-found');
      if (request.settle) {
        await this.settle();
        await this.host.clock.move(request.offset);
        await this.settle();
      } else {
        this.host.clock.adopt(request.offset);
      }
      return { now: this.host.clock.now().toISOString() };
    }

    /** What happened before the clock moved has its effects before it moves. */
    private async settle(): Promise<void> {
      const bound = Date.now() + settleBound;
      do {
        await this.host.relay.idle();
        if (await this.host.strategy.isIdle()) return;
        await new Promise((resolve) => setTimeout(resolve, 10));
      } while (Date.now() < bound);
    }
  }
  return PlatformController;
}

type DeadLetterContracts = typeof notificationsDeadLetters | typeof applicationsDeadLetters;

/** The office sees and replays what the service's consumers could not take in of its RCC. */
export function deadLetterController(contracts: DeadLetterContracts): Type<unknown> {
  @Controller()
  class DeadLetterController {
    constructor(@Inject(HOST) private readonly host: Host) {}

    @Handles(contracts.list)
    async list({
      request,
      caller,
    }: Asked<DeadLetterContracts['list']>): Promise<{ body: Page<DeadLetterView> }> {
      const where = this.reachOf(caller.actor, 'read');
      return { body: await this.host.deadLetters.list(where, request.query) };
    }

    @Handles(contracts.replay)
    async replay({
      request,
      caller,
    }: Asked<DeadLetterContracts['replay']>): Promise<{ body: DeadLetterView }> {
      this.reachOf(caller.actor, 'replay');
      const place = await this.host.deadLetters.placeOf(request.params.id);
      requireVisible(caller.actor, 'dead-letter', place);
      require(caller.actor, 'replay', 'dead-letter', place);
      return {
        body: await this.host.deadLetters.replay(request.params.id, (consumer, event) =>
          this.host.strategy.deliver(consumer, event),
        ),
      };
    }

    /** Whoever has no part in dead letters anywhere is told so at once. Errors: `forbidden`. */
    private reachOf(actor: Actor, command: Command): Readonly<Record<string, unknown>> {
      const where = visibleWhere(actor, 'dead-letter', command);
      if (where === null) throw new DomainError('forbidden', { params: { command } });
      return where;
    }
  }
  return DeadLetterController;
}

const withDeadLetters = {
  notifications: notificationsDeadLetters,
  applications: applicationsDeadLetters,
} as const;

export function hostControllers(service: ServiceName): Type<unknown>[] {
  const letters =
    service in withDeadLetters ? withDeadLetters[service as keyof typeof withDeadLetters] : undefined;
  return [
    platformController(service),
    journalController(service),
    privacyController(service),
    ...(letters ? [deadLetterController(letters)] : []),
  ];
}
