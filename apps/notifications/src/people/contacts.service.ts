import { Injectable } from '@nestjs/common';
import { civilDayAt } from '#libs/calendar';
import { contactsOf, recipientsOf, serviceActor } from '#libs/contracts';
import { BusClient } from '#libs/messaging';
import { Batches } from '#libs/persistence';
import { Clock } from '#libs/platform';
import { unitDigest } from '#libs/unit-digest';
import { unitOf, type DeadlineVersion } from '../deadline/deadline.ts';
import { ApplicationNotices } from '../notice/application-notices.service.ts';
import { type Step } from '../reminder/steps.ts';

const actor = serviceActor('notifications');
const contactsAtOnce = 100;

/** Roles that are held in a region; the next in line is then the RCC's office. */
const nextRole = 'rccOfficer' as const;

/** Asks the directory for addresses, anew each time: people change posts. Errors: `unavailable`. */
@Injectable()
export class ContactsService {
  private readonly asking: Batches<string, string | null>;

  constructor(
    private readonly bus: BusClient,
    private readonly notices: ApplicationNotices,
    private readonly clock: Clock,
  ) {
    this.asking = new Batches((ids) => this.addressesOf(ids));
  }

  /** Address of a named actor; null when unknown or without one. */
  ofActor(id: string): Promise<string | null> {
    return this.asking.add(id);
  }

  /** Addresses of those whom a reminder step concerns, today: of a clinic's matter, no other clinic's people. */
  async ofStep(version: DeadlineVersion, step: Pick<Step, 'nextInLine'>): Promise<string[]> {
    const { responsible, rcc } = version;
    const asked = [this.holders(responsible.role, responsible.unit, await this.unitOf(version))];
    if (step.nextInLine) asked.push(this.holders(nextRole, rcc));
    return distinctAddresses((await Promise.all(asked)).flat());
  }

  /** Where the event named no clinic, the owner may: nobody is to miss a day because it is older than the field. */
  private async unitOf(version: DeadlineVersion): Promise<string | undefined> {
    const known = unitOf(version);
    if (known !== undefined || version.subject.type !== 'application') return known;
    const { region, unit } = await this.notices.of(version.subject.id);
    return unit === null ? undefined : unitDigest(region, unit);
  }

  private async holders(
    role: DeadlineVersion['responsible']['role'],
    unit: string,
    digest?: string,
  ): Promise<string[]> {
    const within = digest === undefined ? {} : { unitDigest: digest };
    const on = civilDayAt(this.clock.now());
    const { recipients } = await this.bus.ask(recipientsOf, { role, unit, ...within, on }, { actor });
    return recipients.map(({ email }) => email);
  }

  private async addressesOf(ids: readonly string[]): Promise<(string | null)[]> {
    const distinct = [...new Set(ids)];
    const known = new Map<string, string>();
    for (let start = 0; start < distinct.length; start += contactsAtOnce) {
      const { recipients } = await this.bus.ask(
        contactsOf,
        { ids: distinct.slice(start, start + contactsAtOnce) },
        { actor },
      );
      for (const { id, email } of recipients) known.set(id, email);
    }
    return ids.map((id) => known.get(id) ?? null);
  }
}

/** Each mailbox once, in the order given. */
export function distinctAddresses(addresses: readonly string[]): string[] {
  const seen = new Map(addresses.toReversed().map((address) => [address.toLowerCase(), address]));
  return [...new Set(addresses.map((address) => address.toLowerCase()))].map((key) => seen.get(key) ?? key);
}

/** Stands for those a mail should have gone to, or will go to, when no address can be named. */
export function roleInWords({ responsible }: Pick<DeadlineVersion, 'responsible'>): string {
  return `${responsible.role} ${responsible.unit}`;
}
