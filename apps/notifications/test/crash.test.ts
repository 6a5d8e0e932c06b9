import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { mongo } from 'mongoose';
import { applicationRegistered, type NotificationView } from '#libs/contracts';
import { eventually } from '#libs/testing';
import { type Mail } from '../src/mail/mail.ts';
import { toNotificationView } from '../src/mail/mail.view.ts';
import { startPlayground, submittedApplication, type Playground } from './playground.ts';

jest.setTimeout(400_000);

/** How long to wait for what takes some deaths and starts of a process, in milliseconds. */
const patience = 300_000;

const id = 'app-0001';
const registered = {
  applicationId: id,
  callId: 'call-1',
  rcc: 'sydost',
  region: 'ostergotland',
  reference: 'SYDOST-2026-0001',
  number: 1,
  year: 2026,
} as const;

let play: Playground | undefined;
let database: mongo.MongoClient | undefined;
afterEach(async () => {
  await database?.close();
  await play?.stop();
  play = undefined;
  database = undefined;
});

/** The ledger as it lies in the database: who dies at every mail has hardly time to answer. */
async function ledger(): Promise<NotificationView[]> {
  const rows = await database!.db('insats_notifications').collection<Mail>('mails').find({}).toArray();
  return rows.map(toNotificationView);
}

async function start(env: Record<string, string>): Promise<Playground> {
  play = await startPlayground({ env, sharedDatabase: false });
  database = await new mongo.MongoClient(play.product.mongoUrl).connect();
  play.applications.set(id, submittedApplication(id, { signedBy: null }));
  return play;
}

describe('a process that dies at every mail', () => {
  it('after the mail left, leaves it unknown; it goes out once more under the same Message-ID, never a third time', async () => {
    const started = await start({ INSATS_FAIL_POINTS: 'mail.after-send=1' });
    await started.publish(applicationRegistered, id, registered);
    const row = await eventually(async () => {
      const [latest] = await ledger();
      return latest?.reason === 'unanswered-twice-interrupted' ? latest : undefined;
    }, patience);
    expect(row).toMatchObject({ state: 'unknown', attempts: 2 });
    const mails = await started.mails();
    expect(mails).toHaveLength(2);
    expect(mails.map(({ headers }) => headers['message-id'])).toEqual([row.messageId, row.messageId]);
  });

  it('before the mail left, leaves it planned, since it cannot have arrived', async () => {
    const started = await start({ INSATS_FAIL_POINTS: 'mail.before-send=1' });
    await started.publish(applicationRegistered, id, registered);
    const row = await eventually(async () => {
      const [latest] = await ledger();
      return latest?.reason === 'deferred-interrupted' ? latest : undefined;
    }, patience);
    expect(row.state).toBe('planned');
    expect(await started.mails()).toHaveLength(0);
  });

  it('before any mail left, again and again, sends each once when it lives again', async () => {
    const started = await start({ INSATS_FAIL_POINTS: 'mail.first-attempts=1' });
    const ids = Array.from({ length: 5 }, (_, index) => `app-01${String(index).padStart(2, '0')}`);
    for (const one of ids) started.applications.set(one, submittedApplication(one, { signedBy: null }));
    await Promise.all(
      ids.map((one) => started.publish(applicationRegistered, one, { ...registered, applicationId: one })),
    );
    const rows = await eventually(async () => {
      const sent = (await ledger()).filter(({ state }) => state === 'sent');
      return sent.length === ids.length && sent;
    }, patience);
    // Each was in the hands of a process that died, twice, and was sent by one that lived.
    expect(rows.map(({ attempts }) => attempts >= 3)).toEqual(ids.map(() => true));
    expect(started.product.processes.get('notifications-1')?.restarts).toBeGreaterThanOrEqual(2);
    const mails = await started.mails();
    // Another's death may catch a mail on its way, which then goes out again under the same Message-ID.
    expect(new Set(mails.map(({ headers }) => headers['message-id'])).size).toBe(ids.length);
    expect(new Set(mails.map(({ to }) => to)).size).toBe(ids.length);
  });

  it('while the rows are there and nothing was claimed, loses nothing', async () => {
    const started = await start({});
    await started.mailServer('tempfail', 1);
    await started.publish(applicationRegistered, id, registered);
    await eventually(async () => (await ledger())[0]?.reason === 'deferred-451', patience);
    await started.product.processes.get('notifications-1')?.kill('SIGKILL');
    await eventually(async () => (await ledger())[0]?.state === 'sent', patience);
    expect(await started.mails()).toHaveLength(1);
  });
});
