import { Controller, Inject, type Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { invalidInput, personalDataOf, thinningOf, type ServiceName } from '#libs/contracts';
import { Handles, type AskedRpc } from '#libs/messaging';
import { JournalStore } from '#libs/persistence';
import { Clock } from '#libs/platform';
import { dueDay, parseRetentionPeriod } from '#libs/privacy';
import { AggregateStore } from './aggregate-store.ts';
import { PersonalSearch } from './personal-search.ts';
import { PERSONAL_STORES, type PersonalStore } from './personal-store.ts';
import { RECORDS, type RecordKind } from './records.ts';

/** What every service answers about the personal data that it owns. The directory has asked for the caller's right. */
export function privacyController(service: ServiceName): Type<unknown> {
  const search = personalDataOf(service);
  const thinning = thinningOf(service);

  @Controller()
  class PrivacyController {
    constructor(
      @Inject(ModuleRef) private readonly modules: ModuleRef,
      @Inject(JournalStore) private readonly journal: JournalStore,
      @Inject(Clock) private readonly clock: Clock,
    ) {}

    @Handles(search)
    async personalData({ request }: AskedRpc<typeof search>) {
      const part = await new PersonalSearch(service, this.stores(), this.journal).part(request);
      return { items: [...part.items], next: part.next };
    }

    @Handles(thinning)
    async thin({ request }: AskedRpc<typeof thinning>) {
      const { documentType, after, on, from, limit, run } = request;
      const store = this.stores().find(({ type }) => type === documentType);
      const period = parseRetentionPeriod(after.period);
      if (!store?.thinningEvents.includes(after.event) || !period) {
        throw invalidInput([{ pointer: '/documentType', code: 'invalid-format' }]);
      }
      const part = await store.thin({
        event: after.event,
        dueOn: (happenedOn) => dueDay(happenedOn, period),
        today: on,
        after: from,
        limit,
        run,
      });
      return { things: [...part.things], next: part.next };
    }

    /** Asked for late: records belong to the service's own module, which this one knows nothing of. */
    private stores(): PersonalStore[] {
      const kinds = this.known<readonly RecordKind[]>(RECORDS) ?? [];
      const more = this.known<readonly PersonalStore[]>(PERSONAL_STORES) ?? [];
      return [...kinds.map((kind) => new AggregateStore(kind, this.journal, this.clock)), ...more];
    }

    private known<T>(token: symbol): T | undefined {
      try {
        return this.modules.get<T>(token, { strict: false });
      } catch {
        return undefined;
      }
    }
  }
  return PrivacyController;
}
