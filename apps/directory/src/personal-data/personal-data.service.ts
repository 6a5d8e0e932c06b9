import { Injectable } from '@nestjs/common';
import { type z } from 'zod';
import { may, require, requireVisible } from '#libs/access';
import {
  DomainError,
  invalidInput,
  personalDataOf,
  rccCodes,
  serviceActor,
  serviceNames,
  type Actor,
  type EndpointReply,
  type getMyPersonalData,
  type getPersonalData,
  type PersonalDataView,
  type PersonalItem,
  type ServiceName,
} from '#libs/contracts';
import { BusClient, type Asked } from '#libs/messaging';
import { PersonRepository } from '../person/person.repository.ts';
import { placeOfPerson } from '../person/person.view.ts';

/** Milliseconds that one part may take, and items that it holds before it ends, give or take an answer. */
const timeOfPart = 1200;
const itemsInPart = 200;
/** Bytes that a part holds before it ends: with one more answer it must still fit on the bus. */
const bytesInPart = 500_000;
/** Milliseconds that the last question may take beyond the part's time: the gateway answers within 2.5 s. */
const reserve = 900;

type Subject = PersonalDataView['person'];

/**
 * Everything the product holds about somebody (dataskyddsförordningen, artikel 15): each service is asked in
 * turn and looks through what it owns. The answer comes in parts, each with where the next one begins.
 */
@Injectable()
export class PersonalDataService {
  constructor(
    private readonly people: PersonRepository,
    private readonly bus: BusClient,
  ) {}

  async of({
    request,
    caller,
  }: Asked<typeof getPersonalData>): Promise<EndpointReply<typeof getPersonalData>> {
    const stored = await this.people.find(request.params.id);
    if (!stored) throw new DomainError('not-found');
    const place = placeOfPerson(stored.state);
    requireVisible(caller.actor, 'person', place);
    const reader = readerOf(caller.actor, place.rccs ?? []);
    const { subject, name, email } = stored.state;
    const body = await this.part({ id: stored.id, subject, name, email }, reader, request.query.after);
    return { body };
  }

  /** Everybody may have what is held about themselves, wherever it lies. */
  async mine({
    request,
    caller,
  }: Asked<typeof getMyPersonalData>): Promise<EndpointReply<typeof getMyPersonalData>> {
    const { id: subject } = caller.actor;
    const stored = await this.people.findBySubject(subject);
    const { name = '', email = null } = stored?.state ?? {};
    const person = { id: stored?.id ?? null, subject, name, email };
    return { body: await this.part(person, null, request.query.after) };
  }

  private async part(
    person: Subject,
    reader: Actor | null,
    after: string | undefined,
  ): Promise<PersonalDataView> {
    const ids = [person.subject, ...(person.id === null ? [] : [person.id])];
    const emails = await this.provenAddresses(person);
    const until = performance.now() + timeOfPart;
    const items: PersonalItem[] = [];
    let bytes = 0;
    let place = readPosition(after);
    for (let asked = 0; ; asked += 1) {
      let answer: Answer;
      try {
        answer = await this.ask(place, { ids, emails, reader }, until + reserve - performance.now());
      } catch (error) {
        // What has been found is told; whoever asks for the next part hears of the outage, or gets on.
        if (asked === 0 || !(error instanceof DomainError) || error.code !== 'unavailable') throw error;
        return { person, soughtFor: { ids, emails }, items, next: written(place) };
      }
      items.push(...answer.items);
      bytes += Buffer.byteLength(JSON.stringify(answer.items));
      const next = behind(place, answer.next);
      const isFull = items.length >= itemsInPart || bytes >= bytesInPart;
      if (next === null || isFull || performance.now() > until) {
        return { person, soughtFor: { ids, emails }, items, next: next && written(next) };
      }
      place = next;
    }
  }

  /**
   * Addresses by which the person may be recognised: an address that others have as well, or had when they left
   * (a clinic's mailbox, one entered for the wrong person), is proof for none of them.
   */
  private async provenAddresses({ id, email }: Subject): Promise<string[]> {
    if (email === null) return [];
    const exactly = `^${email.replace(/[.*+?^${}|\\()[\]]/g, '\\$&')}$`;
    const others = { _id: { $ne: id }, email: { $regex: exactly, $options: 'i' } };
    for await (const _other of this.people.each(others)) return [];
    return [email];
  }

  private ask(
    { service, from }: Position,
    about: Pick<Question, 'ids' | 'emails' | 'reader'>,
    timeout: number,
  ): Promise<Answer> {
    const question: Question = { ...about, after: from };
    const actor = serviceActor('directory');
    return this.bus.ask(personalDataOf(service), question, { actor, timeout: Math.ceil(timeout) });
  }
}

/** Whose rights bound what is shown; null: nobody's. Errors: `forbidden`. */
function readerOf(actor: Actor, rccs: readonly string[]): Actor | null {
  if (may(actor, 'read', 'personal-data', {})) return null;
  const own = rccCodes.find((rcc) => rccs.includes(rcc) && may(actor, 'read', 'personal-data', { rcc }));
  require(actor, 'read', 'personal-data', own === undefined ? {} : { rcc: own });
  return actor;
}

interface Position {
  readonly service: ServiceName;
  readonly from: string | null;
}

type Question = z.output<ReturnType<typeof personalDataOf>['request']>;
type Answer = z.output<ReturnType<typeof personalDataOf>['reply']>;

/** Where the service's answer goes on, or else the next service begins. */
function behind({ service }: Position, from: string | null): Position | null {
  if (from !== null) return { service, from };
  const next = serviceNames[serviceNames.indexOf(service) + 1];
  return next === undefined ? null : { service: next, from: null };
}

function written({ service, from }: Position): string {
  return `${service}~${from ?? ''}`;
}

/** Errors: `invalid-input` for what no answer ever said. */
function readPosition(after: string | undefined): Position {
  if (after === undefined) return { service: serviceNames[0], from: null };
  const [name, from] = after.split('~', 2);
  const service = serviceNames.find((each) => each === name);
  if (service === undefined || from === undefined) {
    throw invalidInput([{ pointer: '/query/after', code: 'invalid-format' }]);
  }
  return { service, from: from === '' ? null : from };
}
