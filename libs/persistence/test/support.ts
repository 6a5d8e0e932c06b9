import { afterAll } from '@jest/globals';
import { type Connection } from 'mongoose';
import { type JournalEvent } from '#libs/audit';
import { type NewEvent } from '#libs/contracts';
import {
  AggregateRepository,
  aggregateSchema,
  connectDatabase,
  type Database,
  type OutboxSource,
  type WriteContext,
} from '#libs/persistence';
import { testServers, uniqueName } from '#libs/testing';

const open: Database[] = [];
const prefix = uniqueName('t');

/** One replica's connection to this test file's own database. */
export async function connected(): Promise<Connection> {
  const database = await connectDatabase({ url: testServers().mongoUrl, prefix, service: 'bones' });
  open.push(database);
  return database.connection;
}

afterAll(async () => {
  await open[0]?.connection.dropDatabase();
  for (const database of open) await database.close();
});

/** The aggregate of these tests: a note that counts. */
export interface Note {
  readonly title: string;
  readonly count: number;
  readonly note?: string;
  readonly tags?: readonly string[];
  readonly at?: Date;
  readonly nested?: Record<string, unknown>;
}

export const noteSchema = aggregateSchema({
  title: { type: String },
  count: { type: Number },
  note: { type: String },
  tags: { type: [String], default: undefined },
  at: { type: Date },
  nested: { type: Object },
});

/** What was handed to the relay, which these tests do without. */
export class Handed {
  readonly events: JournalEvent[] = [];
  readonly before: JournalEvent[] = [];

  add(_source: OutboxSource): void {}

  enqueue(_aggregate: unknown, events: readonly JournalEvent[], before: readonly JournalEvent[] = []): void {
    this.events.push(...events);
    this.before.push(...before);
  }
}

export class NoteRepository extends AggregateRepository<Note> {
  constructor(
    connection: Connection,
    readonly handed = new Handed(),
    collection = 'notes',
  ) {
    super(connection, 'note', collection, noteSchema, handed);
  }
}

export const actor = { id: 'person-1', kind: 'person' as const };

export function context(key?: string, fingerprint = 'f'): WriteContext {
  return {
    actor,
    time: new Date(),
    command: 'notes.change',
    ...(key !== undefined && { idempotency: { key, fingerprint } }),
  };
}

export function counted(count: number): NewEvent {
  return { type: 'note.counted', version: 1, data: { count } };
}

/** A change that counts one up and says so. */
export const countUp = (key?: string, ifMatch?: number) => ({
  ...(ifMatch !== undefined && { ifMatch }),
  authorize: () => context(key),
  decide: ({ state }: { state: Note }) => ({
    state: { ...state, count: state.count + 1 },
    events: [counted(state.count + 1)],
  }),
});

export const made = (count = 0): { state: Note; events: NewEvent[] } => ({
  state: { title: 'Ett', count },
  events: [{ type: 'note.made', version: 1, data: { count } }],
});

/** Numbers from 1 to n. */
export const upTo = (n: number): number[] => Array.from({ length: n }, (_each, index) => index + 1);
