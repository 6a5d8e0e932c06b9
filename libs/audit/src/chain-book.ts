import { rootAggregate, type EventRecord, type HeadRecord, type LogLeaf } from './export-format.ts';
import { type Finding, type Place } from './export-faults.ts';
import { DigestList } from './digest-list.ts';
import { checkLink, isBlanked, placeBehind } from './journal-chain.ts';

/** What is remembered of a chain while an export is read. */
interface Chain {
  readonly service: string;
  readonly aggregate: { readonly type: string; readonly id: string };
  seq: number;
  hash: string | null;
  document?: string | null;
  readonly eventIds: string[];
  /** Where the hash of each link lies in the book's list. */
  readonly hashes: number[];
  head?: { readonly seq: number; readonly hash: string | null; readonly line: number };
  /** The last link that the log has. */
  logged: number;
}

/** All chains of an export: 32 bytes and an id per link, so that the log can be held against them. */
export class ChainBook {
  private readonly chains = new Map<string, Chain>();
  private readonly hashes = new DigestList();
  private blanks = 0;

  get counts(): { events: number; chains: number; blanked: number; unsealed: number } {
    let unsealed = 0;
    for (const { aggregate, seq, logged } of this.chains.values())
      if (aggregate.type !== rootAggregate) unsealed += seq - logged;
    return { events: this.hashes.length, chains: this.chains.size, blanked: this.blanks, unsealed };
  }

  addEvent({ service, event }: EventRecord, line: number): Finding | null {
    const chain = this.chainOf(service, event.aggregate);
    const expected = chain.seq + 1;
    const fault = checkLink(event, chain);
    if (fault !== null) {
      const place = { line, ...placeIn(chain, expected), eventId: event.id };
      return { code: fault, place, params: { expected, found: event.seq } };
    }
    Object.assign(chain, placeBehind(event, chain));
    chain.eventIds.push(event.id);
    chain.hashes.push(this.hashes.push(Buffer.from(event.hash, 'hex')));
    if (isBlanked(event)) this.blanks += 1;
    return null;
  }

  addHead({ service, aggregate, seq, hash }: HeadRecord, line: number): Finding | null {
    const chain = this.chainOf(service, aggregate);
    if (chain.head) return { code: 'head-twice', place: { line, ...placeIn(chain) } };
    chain.head = { seq, hash, line };
    return null;
  }

  /** Holds every chain against its head, once all events have been read. */
  checkHeads(): Finding | null {
    for (const chain of this.chains.values()) {
      const { head, seq } = chain;
      if (!head) return { code: 'head-missing', place: placeIn(chain, seq) };
      const { line } = head;
      const params = { head: head.seq };
      if (seq < head.seq) return { code: 'cut-off', place: { line, ...placeIn(chain, seq + 1) }, params };
      if (seq > head.seq)
        return { code: 'too-long', place: { line, ...placeIn(chain, head.seq + 1) }, params };
      if (chain.hash !== head.hash) return { code: 'head-hash', place: { line, ...placeIn(chain, seq) } };
    }
    return null;
  }

  /** Whether anything of the entry's chain has been read. */
  has({ service, aggregateType: type, aggregateId: id }: LogLeaf): boolean {
    return this.chains.has(keyOf(service, { type, id }));
  }

  /** Holds an entry of the log against its chain. */
  checkLeaf(leaf: LogLeaf, where: Place): Finding | null {
    const { service, aggregateType, aggregateId, seq } = leaf;
    const aggregate = { type: aggregateType, id: aggregateId };
    const chain = this.chains.get(keyOf(service, aggregate));
    const link = chain?.hashes[seq - 1];
    if (!chain || link === undefined)
      return { code: 'leaf-link', place: { ...where, service, aggregate, seq } };
    const place = { ...where, ...placeIn(chain, seq) };
    if (this.hashes.at(link).toString('hex') !== leaf.hash) {
      // Up to what the log had before, the chain is what it was.
      const from = seq > chain.logged ? chain.logged + 1 : seq;
      return { code: 'leaf-hash', place, params: { from, to: seq } };
    }
    if (seq < chain.logged) return { code: 'leaf-back', place, params: { before: chain.logged } };
    chain.logged = seq;
    return null;
  }

  private chainOf(service: string, aggregate: { type: string; id: string }): Chain {
    const key = keyOf(service, aggregate);
    const known = this.chains.get(key);
    if (known) return known;
    const chain: Chain = { service, aggregate, seq: 0, hash: null, eventIds: [], hashes: [], logged: 0 };
    this.chains.set(key, chain);
    return chain;
  }
}

function keyOf(service: string, { type, id }: { type: string; id: string }): string {
  // Lengths first, so that no choice of names makes two chains one.
  return `${service.length}.${type.length}.${service}${type}${id}`;
}

function placeIn(chain: Chain, seq?: number): Place {
  const { service, aggregate } = chain;
  if (seq === undefined) return { service, aggregate };
  const eventId = chain.eventIds[seq - 1];
  return { service, aggregate, seq, ...(eventId !== undefined && { eventId }) };
}
