import { randomBytes, randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import {
  adoptClockOf,
  type applicationNotice,
  eventSubject,
  listDeadlines,
  listNotifications,
  listReminders,
  applicationNotices,
  noticeOfCall,
  recipientsOf,
  contactsOf,
  serviceActor,
  type Actor,
  type DeadlineView,
  type EventType,
  type NotificationView,
  type ReminderView,
  type Rpc,
} from '#libs/contracts';
import { type Product } from '#libs/embedded';
import { type Bus } from '#libs/messaging';
import { connectTestBus, startTestProduct } from '#libs/testing';
import { type z } from 'zod';

/** One mail as the mail catcher shows it. */
export interface CaughtMail {
  readonly to: string;
  readonly from: string;
  readonly subject: string;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

type Notice = z.input<typeof applicationNotice>;

const system = serviceActor('gateway');

/** Patience for an answer, in milliseconds: a busy machine is no fault of the service's. */
const timeout = 30_000;

/** The real service with real servers; the services it asks are played by small responders on NATS. */
export interface Playground {
  /** What the owner of applications says of them, by id. */
  readonly applications: Map<string, Notice>;
  /** Addresses of those who hold a role in a unit, by `role unit`, or in one clinic, by `role unit digest`. */
  readonly holders: Map<string, string[]>;
  /** Addresses of actors by id. */
  readonly contacts: Map<string, string>;
  /** Lets a played service stop answering, or answer again. */
  silence(service: 'applications' | 'directory', silent: boolean): void;
  /** Publishes an event as the applications service would; returns its id. The same `id` again is a redelivery. */
  publish<Data extends z.ZodType>(
    type: EventType<Data>,
    aggregateId: string,
    data: z.input<Data>,
    more?: { id?: string; time?: string },
  ): Promise<string>;
  mails(): Promise<CaughtMail[]>;
  mailServer(mode: 'ok' | 'tempfail' | 'reject' | 'drop-after-data', times?: number): Promise<void>;
  /** Resolves when every event published before has been taken in and its mails have been tried. */
  settle(): Promise<void>;
  /** Moves the product's clock; resolves when everything that is due has been done. */
  moveClockTo(instant: string): Promise<void>;
  deadlines(query?: object, actor?: Actor): Promise<DeadlineView[]>;
  reminders(deadlineId: string, actor?: Actor): Promise<ReminderView[]>;
  notifications(query?: object, actor?: Actor): Promise<NotificationView[]>;
  readonly product: Product;
  stop(): Promise<void>;
}

export async function startPlayground(
  options: { replicas?: number; env?: Record<string, string>; sharedDatabase?: false } = {},
): Promise<Playground> {
  const names = Array.from({ length: options.replicas ?? 1 }, (_, index) => `notifications-${index + 1}`);
  const program = fileURLToPath(new URL('../../../dist/apps/notifications/src/main.js', import.meta.url));
  const product = await startTestProduct({
    services: names.map((name) => ({ name, program, ...(options.env && { env: options.env }) })),
    env: { LOG_LEVEL: 'info' },
    ...(options.sharedDatabase === false && { sharedDatabase: false }),
  });
  const { bus, client } = await connectTestBus(product);
  const applications = new Map<string, Notice>();
  const holders = new Map<string, string[]>();
  const contacts = new Map<string, string>();
  const silent = new Set<string>();
  const answer = <R extends Rpc>(
    contract: R,
    reply: (request: z.output<R['request']>) => z.input<R['reply']> | undefined,
  ) => {
    bus.connection.subscribe(contract.subject, {
      callback: (_error, message) => {
        if (silent.has(contract.service)) return;
        const ok = reply(message.json() as z.output<R['request']>);
        message.respond(JSON.stringify(ok === undefined ? { problem: { code: 'not-found' } } : { ok }));
      },
    });
  };
  answer(applicationNotices, ({ ids }) => ({
    notices: ids.flatMap((id) => applications.get(id) ?? []),
  }));
  answer(noticeOfCall, ({ id }) => ({
    id,
    title: 'Stimulansmedel 2027',
    rcc: 'sydost' as const,
    closesOn: '2027-01-31',
    state: 'published',
  }));
  answer(recipientsOf, ({ role, unit, unitDigest }) => ({
    recipients: [`${role} ${unit}`, `${role} ${unit} ${unitDigest}`]
      .flatMap((place) => holders.get(place) ?? [])
      .map((email) => ({ id: email, name: 'Någon', email })),
  }));
  answer(contactsOf, ({ ids }) => ({
    recipients: ids.flatMap((id) => {
      const email = contacts.get(id);
      return email === undefined ? [] : [{ id, name: 'Någon', email }];
    }),
  }));
  await bus.connection.flush();
  const catcher = product.mail.httpUrl;
  const page = { limit: 200, page: 1 };
  let offset = 0;
  const setClock = async (wanted: number) => {
    offset = wanted;
    await client.ask(
      adoptClockOf('notifications'),
      { offset, settle: true },
      { actor: system, timeout: 30_000 },
    );
  };
  return {
    applications,
    holders,
    contacts,
    product,
    silence(service, on) {
      if (on) silent.add(service);
      else silent.delete(service);
    },
    async publish(type, aggregateId, data, more = {}) {
      const id = more.id ?? randomUUID();
      await publishEvent(bus, {
        id,
        type,
        aggregateId,
        data: data as Record<string, unknown>,
        time: more.time,
      });
      return id;
    },
    async mails() {
      const response = await fetch(`${catcher}/messages`);
      return ((await response.json()) as { items: CaughtMail[] }).items;
    },
    async mailServer(mode, times) {
      const response = await fetch(`${catcher}/behaviour`, {
        method: 'POST',
        body: JSON.stringify({ mode, ...(times !== undefined && { times }) }),
      });
      if (!response.ok) throw new Error(`the mail catcher refused: ${response.status}`);
    },
    settle: () => setClock(offset),
    moveClockTo: (instant) => setClock(Date.parse(instant) - Date.now()),
    async deadlines(query = {}, actor = system) {
      const request = { params: {}, query: { ...page, sort: 'dueOn' as const, ...query }, body: {} };
      return (await client.call(listDeadlines, request, { actor, timeout })).body.items;
    },
    async reminders(id, actor = system) {
      return (await client.call(listReminders, { params: { id }, query: page, body: {} }, { actor, timeout }))
        .body.items;
    },
    async notifications(query = {}, actor = system) {
      const request = { params: {}, query: { ...page, sort: 'createdAt' as const, ...query }, body: {} };
      return (await client.call(listNotifications, request, { actor, timeout })).body.items;
    },
    async stop() {
      await bus.drain();
      await product.stop();
    },
  };
}

interface PlayedEvent {
  readonly id: string;
  readonly type: EventType;
  readonly aggregateId: string;
  readonly data: Record<string, unknown>;
  readonly time: string | undefined;
}

/** Without a message id: JetStream would drop a double, and it is the service that must bear one. */
async function publishEvent(bus: Bus, { id, type, aggregateId, data, time }: PlayedEvent): Promise<void> {
  const envelope = {
    specversion: '1.0',
    id,
    source: 'urn:insats:applications',
    type: type.type,
    subject: `application/${aggregateId}`,
    time: time ?? new Date().toISOString(),
    datacontenttype: 'application/json',
    dataversion: type.version,
    aggregatetype: 'application',
    aggregateid: aggregateId,
    revision: 1,
    sequence: 1,
    prevhash: null,
    hash: randomBytes(32).toString('hex'),
    privatehash: null,
    actor: { id: 'region-ostergotland-system', kind: 'system' },
    idempotencykey: null,
    data,
  };
  await bus.jetstream.publish(eventSubject('applications', type.type), JSON.stringify(envelope));
}

/** An application that has arrived, with contact and signer. */
export function submittedApplication(id: string, more: Partial<Notice> = {}): Notice {
  return {
    id,
    reference: `SYDOST-2026-${id.slice(-4)}`,
    state: 'submitted',
    title: 'Hemsjukvård för barn',
    region: 'ostergotland',
    rcc: 'sydost',
    unit: 'Barnkliniken',
    contact: { name: 'Kontakt', email: `kontakt-${id}@ostergotland.example` },
    signedBy: 'chef-ostergotland',
    submittedAt: '2026-12-15T09:30:00.000Z',
    requested: { amount: '250000.00', currency: 'SEK' },
    callId: 'call-1',
    callTitle: 'Stimulansmedel 2027',
    decision: null,
    acceptBy: null,
    ...more,
  };
}
