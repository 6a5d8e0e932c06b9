import { setTimeout as delay } from 'node:timers/promises';
import { connect, nkeyAuthenticator } from '@nats-io/transport-node';
import { jetstream } from '@nats-io/jetstream';
import mongoose, { type Connection } from 'mongoose';
import { verifyChain, type ChainHead, type JournalEvent } from '#libs/audit';
import { nkeyOf } from '#libs/bus-setup';
import { streamOf, type EventEnvelope } from '#libs/contracts';
import { type Product } from '#libs/embedded';
import { type Acknowledged } from './chaos.ts';

export interface Findings {
  /** Acknowledged submissions that are not there as they were acknowledged. */
  readonly lost: number;
  /** Applications, references or receipts that are there more than once. */
  readonly doubled: number;
  /** Applications that nobody was told of. */
  readonly phantom: number;
  /** Events or receipts that ought to have followed and did not. */
  readonly missing: number;
  readonly brokenChains: number;
}

interface StoredApplication {
  _id: string;
  callId: string;
  state: string;
  reference: string | null;
  submittedAt: Date | null;
  journalHead: ChainHead;
  outbox: JournalEvent[];
}

const expectedEvents = ['application.created', 'application.submitted', 'application.registered'];
const quietBound = 180_000;

/** Compares what clients were told with the database, the journals, the stream and the mails. */
export async function inspect(
  product: Product,
  callId: string,
  acknowledged: readonly Acknowledged[],
  log: (line: string) => void,
): Promise<Findings> {
  const connection = await mongoose
    .createConnection(product.mongoUrl, { dbName: 'insats_applications' })
    .asPromise();
  try {
    await waitUntilQuiet(product, connection, acknowledged, log);
    const applications = await connection
      .collection<StoredApplication>('applications')
      .find({ callId })
      .toArray();
    const byId = new Map(applications.map((application) => [application._id, application]));
    const lost = acknowledged.filter((told) => {
      const stored = byId.get(told.id);
      return (
        stored?.state !== 'submitted' ||
        stored.reference !== told.reference ||
        stored.submittedAt?.toISOString() !== told.submittedAt
      );
    });
    const told = new Set(acknowledged.map(({ id }) => id));
    const phantom = applications.filter(({ _id }) => !told.has(_id));
    const references = applications.flatMap(({ reference }) => (reference === null ? [] : [reference]));
    const numbers = references.map((reference) => Number(reference.split('-').at(-1))).sort((a, b) => a - b);
    const gaps = numbers.filter((number, index) => number !== index + 1);
    const chains = await inspectChains(connection, applications);
    const streamed = await inspectStream(product, applications);
    const receipts = await inspectReceipts(product, acknowledged);
    log(
      `references ${references.length}, gaps ${gaps.length}, missing: receipts ${receipts.missing}, in journals ${chains.missing}, on the stream ${streamed}`,
    );
    return {
      lost: lost.length,
      doubled:
        references.length -
        new Set(references).size +
        (acknowledged.length - told.size) +
        gaps.length +
        receipts.doubled,
      phantom: phantom.length,
      missing: chains.missing + streamed + receipts.missing,
      brokenChains: chains.broken,
    };
  } finally {
    await connection.close();
  }
}

/**
 * Waits until outboxes are empty, every submission has a receipt and no mail waits for anything (another
 * attempt, or the end of a claim that a dead process held), or the bound is reached.
 */
async function waitUntilQuiet(
  product: Product,
  connection: Connection,
  acknowledged: readonly Acknowledged[],
  log: (line: string) => void,
): Promise<void> {
  const mails = connection.useDb('insats_notifications').collection('mails');
  const bound = Date.now() + quietBound;
  let previous = -1;
  while (Date.now() < bound) {
    const waiting = await connection
      .collection('applications')
      .countDocuments({ outboxSince: { $exists: true } });
    const open = await mails.countDocuments({ wakeAt: { $exists: true } });
    const received = await receivedMails(product);
    const receipts = receiptsIn(received).size;
    const quiet = waiting === 0 && open === 0 && receipts >= acknowledged.length;
    if (quiet && received.length === previous) return;
    previous = received.length;
    log(
      `outboxes ${waiting}, mails on their way ${open}, mails received ${received.length}, receipts ${receipts}`,
    );
    await delay(quiet ? 500 : 1000);
  }
}

async function inspectChains(
  connection: Connection,
  applications: readonly StoredApplication[],
): Promise<{ broken: number; missing: number }> {
  const entries = await connection.collection('journal').find({ 'aggregate.type': 'application' }).toArray();
  const chains = new Map<string, JournalEvent[]>();
  for (const { _id, ...rest } of entries) {
    const event = { id: String(_id), ...rest } as unknown as JournalEvent;
    const chain = chains.get(event.aggregate.id) ?? [];
    chain.push(event);
    chains.set(event.aggregate.id, chain);
  }
  let broken = 0;
  let missing = 0;
  for (const application of applications) {
    const chain = (chains.get(application._id) ?? []).sort((a, b) => a.seq - b.seq);
    if (verifyChain(chain, application.journalHead) !== null) broken += 1;
    for (const type of expectedEvents)
      missing += chain.filter((event) => event.type === type).length === 1 ? 0 : 1;
  }
  return { broken, missing };
}

/** How many of the expected events are not on the stream. Doubles there are the consumers' to ignore. */
async function inspectStream(product: Product, applications: readonly StoredApplication[]): Promise<number> {
  const nats = await connect({
    servers: product.natsUrl,
    authenticator: nkeyAuthenticator(new TextEncoder().encode(nkeyOf(product.credentials, 'admin'))),
  });
  try {
    const consumer = await jetstream(nats).consumers.get(streamOf('applications'), {
      filter_subjects: ['events.applications.>'],
    });
    const { num_pending: pending } = await consumer.info();
    const seen = new Set<string>();
    if (pending > 0) {
      const messages = await consumer.consume({ max_messages: 1000 });
      for await (const message of messages) {
        const event = message.json<EventEnvelope>();
        seen.add(`${event.aggregateid} ${event.type}`);
        if (message.info.pending === 0) break;
      }
    }
    return applications.flatMap(({ _id }) => expectedEvents.filter((type) => !seen.has(`${_id} ${type}`)))
      .length;
  } finally {
    await nats.close();
  }
}

interface ReceivedMail {
  readonly to: string;
  readonly subject: string;
  readonly headers: Record<string, string>;
}

async function receivedMails(product: Product): Promise<ReceivedMail[]> {
  const response = await fetch(`${product.mail.httpUrl}/messages`);
  return ((await response.json()) as { items: ReceivedMail[] }).items;
}

/** Message-IDs of the receipts by reference and addressee. */
function receiptsIn(mails: readonly ReceivedMail[]): Map<string, Set<string>> {
  const receipts = new Map<string, Set<string>>();
  for (const { to, subject, headers } of mails) {
    const reference = /SYDOST-\d{4}-\d{4,}/.exec(subject)?.[0];
    if (reference === undefined) continue;
    const key = `${reference} ${to}`;
    receipts.set(key, (receipts.get(key) ?? new Set()).add(headers['message-id'] ?? ''));
  }
  return receipts;
}

/**
 * One receipt per submission and addressee. The same mail may arrive twice after a crash in the middle of
 * handing it over, but then under the same Message-ID, by which mail servers and readers know it for the same.
 */
async function inspectReceipts(
  product: Product,
  acknowledged: readonly Acknowledged[],
): Promise<{ missing: number; doubled: number }> {
  const receipts = receiptsIn(await receivedMails(product));
  const expected = acknowledged.map(({ reference, contact }) => `${reference} ${contact}`);
  const foreign = [...receipts.keys()].filter((key) => !expected.includes(key));
  return {
    missing: expected.filter((key) => !receipts.has(key)).length,
    // Also a receipt that went to somebody else, or for what nobody was told of.
    doubled: [...receipts.values()].filter((ids) => ids.size > 1).length + foreign.length,
  };
}
