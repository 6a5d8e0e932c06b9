import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { applicationGranted, applicationRegistered, applicationRejected } from '#libs/contracts';
import { eventually } from '#libs/testing';
import { startPlayground, submittedApplication, type Playground } from './playground.ts';

jest.setTimeout(90_000);

const where = { callId: 'call-1', rcc: 'sydost', region: 'ostergotland' } as const;
const signer = 'chef@ostergotland.example';

let play: Playground;
let count = 0;
const nextId = () => `app-${String((count += 1)).padStart(4, '0')}`;

const registered = (id: string) => ({
  applicationId: id,
  ...where,
  reference: `SYDOST-2026-${id.slice(-4)}`,
  number: 1,
  year: 2026,
});
const decided = (id: string, amount: number) => ({
  applicationId: id,
  ...where,
  roundId: 'r1',
  decidedOn: '2027-02-10',
  amount,
});

/** Mails that were sent for an application, by reference in their text. */
async function mailsAbout(id: string) {
  return (await play.mails()).filter((mail) => mail.text.includes(`SYDOST-2026-${id.slice(-4)}`));
}

/** Rows of the ledger about an application when none is under way any more. */
function settledRows(id: string, least = 1) {
  return eventually(async () => {
    const rows = await play.notifications({ subjectId: id });
    const settled = rows.every(({ state }) => state === 'sent' || state === 'failed' || state === 'skipped');
    return rows.length >= least && settled ? rows : undefined;
  }, 40_000);
}

beforeAll(async () => {
  play = await startPlayground({ replicas: 2 });
  play.contacts.set('chef-ostergotland', signer);
});
afterAll(async () => {
  await play?.stop();
});
beforeEach(async () => {
  await play.mailServer('ok');
});

describe('a receipt', () => {
  it('goes to the contact and to the signer, with reference and time of arrival', async () => {
    const id = nextId();
    play.applications.set(id, submittedApplication(id));
    await play.publish(applicationRegistered, id, registered(id));
    const rows = await settledRows(id, 2);
    const mails = await mailsAbout(id);
    expect(mails.map(({ to }) => to).toSorted()).toEqual([signer, `kontakt-${id}@ostergotland.example`]);
    expect(mails[0]?.subject).toBe(`Ansökan SYDOST-2026-${id.slice(-4)} har kommit in till RCC Sydöst`);
    expect(mails[0]?.text).toContain('tisdag 15 december 2026 klockan 10.30');
    expect(mails[0]?.headers['auto-submitted']).toBe('auto-generated');
    for (const row of rows) {
      expect(row).toMatchObject({
        kind: 'receipt',
        state: 'sent',
        attempts: 1,
        rcc: 'sydost',
        region: 'ostergotland',
      });
      const mail = mails.find(({ to }) => to === row.recipient);
      expect(mail?.headers['message-id']).toBe(row.messageId);
      expect(mail?.headers['x-insats-notification']).toBe(row.id);
    }
  });

  it('is one mail when contact and signer share a mailbox', async () => {
    const id = nextId();
    play.applications.set(
      id,
      submittedApplication(id, { contact: { name: 'Chefen', email: signer.toUpperCase() } }),
    );
    await play.publish(applicationRegistered, id, registered(id));
    await settledRows(id);
    expect(await mailsAbout(id)).toHaveLength(1);
  });

  it('is sent once, however often its event is delivered and to whichever replica', async () => {
    const ids = Array.from({ length: 12 }, nextId);
    for (const id of ids) play.applications.set(id, submittedApplication(id, { signedBy: null }));
    const events = ids.flatMap((id) => Array.from({ length: 5 }, () => id));
    await Promise.all(
      events.map((id) => play.publish(applicationRegistered, id, registered(id), { id: `event-${id}` })),
    );
    for (const id of ids) {
      expect(await settledRows(id)).toHaveLength(1);
      expect(await mailsAbout(id)).toHaveLength(1);
    }
  });

  it('waits while the directory or the owner of the application is away, and is not lost', async () => {
    const id = nextId();
    play.silence('directory', true);
    play.applications.set(id, submittedApplication(id));
    await play.publish(applicationRegistered, id, registered(id));
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect(await mailsAbout(id)).toHaveLength(0);
    play.silence('directory', false);
    await settledRows(id, 2);
    expect(await mailsAbout(id)).toHaveLength(2);
  });

  it('that nobody can be given is a visible failure', async () => {
    const id = nextId();
    play.applications.set(id, submittedApplication(id, { contact: null, signedBy: 'okand' }));
    await play.publish(applicationRegistered, id, registered(id));
    expect(await settledRows(id)).toMatchObject([{ state: 'failed', reason: 'no-recipient' }]);
  });
});

describe('a decision', () => {
  it('is told with outcome, amounts and what to do', async () => {
    const id = nextId();
    const decision = {
      outcome: 'granted' as const,
      amount: { amount: '125000.00', currency: 'SEK' as const },
      reason: 'Stor nytta.',
      conditions: [],
      decidedOn: '2027-02-10',
      decidedBy: 'Chefen för RCC Sydöst',
    };
    play.applications.set(
      id,
      submittedApplication(id, { state: 'granted', decision, acceptBy: '2027-03-12' }),
    );
    await play.publish(applicationGranted, id, decided(id, 12_500_000));
    await settledRows(id, 2);
    const [mail] = await mailsAbout(id);
    expect(mail?.subject).toContain('125 000 kr beviljas');
    expect(mail?.text).toContain('125 000 kr av sökta 250 000 kr');
    expect(mail?.text).toContain('senast fredag 12 mars 2027');
  });

  it('to reject is told with its reason', async () => {
    const id = nextId();
    const decision = {
      outcome: 'rejected' as const,
      amount: null,
      reason: 'Ryms inte i ramen.',
      conditions: [],
      decidedOn: '2027-02-10',
      decidedBy: 'Chefen för RCC Sydöst',
    };
    play.applications.set(id, submittedApplication(id, { state: 'rejected', decision }));
    await play.publish(applicationRejected, id, decided(id, 0));
    await settledRows(id, 2);
    const [mail] = await mailsAbout(id);
    expect(mail?.subject).toContain('avslag');
    expect(mail?.text).toContain('Ryms inte i ramen.');
  });
});

describe('a burst', () => {
  it('through which the mail server asks for a pause is sent whole, each mail once', async () => {
    const ids = Array.from({ length: 40 }, nextId);
    for (const id of ids) play.applications.set(id, submittedApplication(id, { signedBy: null }));
    await play.mailServer('tempfail', 8);
    await Promise.all(ids.map((id) => play.publish(applicationRegistered, id, registered(id))));
    for (const id of ids) {
      expect(await settledRows(id)).toMatchObject([{ state: 'sent' }]);
      expect(await mailsAbout(id)).toHaveLength(1);
    }
    // Those that waited for the pause to end had not been tried.
    const attempts = await Promise.all(
      ids.map(async (id) => (await play.notifications({ subjectId: id }))[0]?.attempts ?? 0),
    );
    expect(attempts.reduce((sum, one) => sum + one, 0)).toBe(ids.length + 8);
  });
});

describe('when the mail server', () => {
  const send = async () => {
    const id = nextId();
    play.applications.set(id, submittedApplication(id, { signedBy: null }));
    await play.publish(applicationRegistered, id, registered(id));
    return id;
  };

  it('asks to come back later, the mail is sent later, once', async () => {
    await play.mailServer('tempfail', 2);
    const id = await send();
    expect(await settledRows(id)).toMatchObject([{ state: 'sent', attempts: 3 }]);
    expect(await mailsAbout(id)).toHaveLength(1);
  });

  it('refuses the mail, that is a failure with its reason, and it is not tried again', async () => {
    await play.mailServer('reject', 1);
    const id = await send();
    expect(await settledRows(id)).toMatchObject([{ state: 'failed', attempts: 1, reason: 'rejected-550' }]);
    expect(await mailsAbout(id)).toHaveLength(0);
  });

  it('takes the mail and is cut off before it says so, the fate is unknown and the same mail goes out once more', async () => {
    await play.mailServer('drop-after-data', 1);
    const id = await send();
    await eventually(async () => {
      const [row] = await play.notifications({ subjectId: id });
      return row?.state === 'unknown' && row.reason?.startsWith('unanswered');
    });
    expect(await settledRows(id)).toMatchObject([{ state: 'sent', attempts: 2 }]);
    const mails = await mailsAbout(id);
    expect(mails).toHaveLength(2);
    expect(new Set(mails.map(({ headers }) => headers['message-id'])).size).toBe(1);
  });

  it('is cut off twice, the fate stays unknown and nothing more is sent', async () => {
    await play.mailServer('drop-after-data', 2);
    const id = await send();
    const row = await eventually(async () => {
      const [latest] = await play.notifications({ subjectId: id });
      return latest?.reason?.startsWith('unanswered-twice') ? latest : undefined;
    });
    expect(row).toMatchObject({ state: 'unknown', attempts: 2 });
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect(await mailsAbout(id)).toHaveLength(2);
  });
});

describe('the ledger', () => {
  it('shows a region its own mails only, and the office those of its RCC', async () => {
    const person = { kind: 'person' as const, employers: [] };
    const own = await play.notifications(
      {},
      { ...person, id: 'a', assignments: [{ role: 'regionSystem', region: 'ostergotland' }] },
    );
    const other = await play.notifications(
      {},
      { ...person, id: 'b', assignments: [{ role: 'regionSystem', region: 'kalmar' }] },
    );
    const office = await play.notifications(
      {},
      { ...person, id: 'c', assignments: [{ role: 'rccOfficer', rcc: 'sydost' }] },
    );
    const otherOffice = await play.notifications(
      {},
      { ...person, id: 'd', assignments: [{ role: 'rccOfficer', rcc: 'norr' }] },
    );
    expect(own.length).toBeGreaterThan(0);
    expect(office).toHaveLength(own.length);
    expect(other).toEqual([]);
    expect(otherOffice).toEqual([]);
  });
});
