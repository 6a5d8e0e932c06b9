import { Controller, Inject, type Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import {
  auditEntriesOf,
  auditHeadsOf,
  auditHistoryOf,
  auditLinksOf,
  auditVerificationOf,
  type AuditPage,
  type ServiceName,
} from '#libs/contracts';
import { Handles, type AskedRpc } from '#libs/messaging';
import { JournalReader } from '#libs/persistence';
import { HOST, type Host } from '../host.ts';
import { RECORDS, type RecordKind } from '../records.ts';
import { Chains } from './chains.ts';
import { exportChains } from './export.ts';
import { hashesOfLinks, headsSince } from './heads.ts';
import { historyOf } from './history.ts';
import { verifyChains } from './verification.ts';

/** What every service answers `audit` of its journal. */
export function journalController(service: ServiceName): Type<unknown> {
  const history = auditHistoryOf(service);
  const heads = auditHeadsOf(service);
  const links = auditLinksOf(service);
  const entries = auditEntriesOf(service);
  const verification = auditVerificationOf(service);

  @Controller()
  class JournalController {
    private readonly chains: Chains;

    constructor(
      @Inject(HOST) host: Host,
      @Inject(ModuleRef) private readonly modules: ModuleRef,
    ) {
      this.chains = new Chains(new JournalReader(host.database.connection), () => host.relay.owned);
    }

    @Handles(history)
    history({ request, caller }: AskedRpc<typeof history>): Promise<AuditPage> {
      return historyOf(this.chains.journal, this.kinds(), request, caller.actor);
    }

    @Handles(heads)
    heads({ request }: AskedRpc<typeof heads>) {
      return headsSince(this.chains, request.since, request.after);
    }

    @Handles(links)
    async links({ request }: AskedRpc<typeof links>): Promise<{ hashes: (string | null)[] }> {
      return { hashes: await hashesOfLinks(this.chains, request.links) };
    }

    @Handles(entries)
    entries({ request, caller }: AskedRpc<typeof entries>) {
      return exportChains(this.chains, service, this.kinds(), { ...request, actor: caller.actor });
    }

    @Handles(verification)
    verification({ request }: AskedRpc<typeof verification>) {
      return verifyChains(this.chains, service, request.after, request.budget);
    }

    /** The service's own; none where it has not said what it owns. */
    private kinds(): readonly RecordKind[] {
      try {
        return this.modules.get<readonly RecordKind[]>(RECORDS, { strict: false });
      } catch {
        return [];
      }
    }
  }
  return JournalController;
}
