import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { applicationRegistered } from '#libs/contracts';
import { eventually } from '#libs/testing';
import { startPlayground, submittedApplication, type Playground } from './playground.ts';

jest.setTimeout(180_000);

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
afterEach(async () => {
  await play?.stop();
  play = undefined;
});

async function start(env: Record<string, string>): Promise<Playground> {
  play = await startPlayground({ env });
  play.applications.set(id, submittedApplication(id, { signedBy: null }));
  return play;
}

describe('a process that dies at every mail', () => {
  it('after the mail left, leaves it unknown; it goes out once more under the same Message-ID, never a third time', async () => {
    const started = await start({ INSATS_FAIL_POINTS: 'mail.after-send=1' });
    await started.publish(applicationRegistered, id, registered);
    const row = await eventually(async () => {
      const [latest] = await started.notifications({ subjectId: id });
      return latest?.reason === 'unanswered-twice-interrupted' ? latest : undefined;
    }, 90_000);
    expect(row).toMatchObject({ state: 'unknown', attempts: 2 });
    const mails = await started.mails();
    expect(mails).toHaveLength(2);
    expect(mails.map(({ headers }) => headers['message-id'])).toEqual([row.messageId, row.messageId]);
  });

  it('before the mail left, leaves it planned, since it cannot have arrived', async () => {
    const started = await start({ INSATS_FAIL_POINTS: 'mail.before-send=1' });
    await started.publish(applicationRegistered, id, registered);
    const row = await eventually(async () => {
      const [latest] = await started.notifications({ subjectId: id });
      return latest?.reason === 'deferred-interrupted' ? latest : undefined;
    }, 60_000);
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
    await eventually(
      async () => (await started.notifications({ state: 'sent' })).length === ids.length,
      140_000,
    );
    // Each was in the hands of a process that died, twice, and was sent by one that lived.
    const rows = await started.notifications({ state: 'sent' });
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
    await eventually(
      async () => (await started.notifications({ subjectId: id }))[0]?.reason === 'deferred-451',
    );
    await started.product.processes.get('notifications-1')?.kill('SIGKILL');
    await eventually(
      async () => (await started.notifications({ subjectId: id }))[0]?.state === 'sent',
      60_000,
    );
    expect(await started.mails()).toHaveLength(1);
  });
});
