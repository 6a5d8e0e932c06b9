import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { deadlineMet, deadlineSet, deadlineWithdrawn, type Actor, type DeadlineView } from '#libs/contracts';
import { eventually } from '#libs/testing';
import { unitDigest } from '#libs/unit-digest';
import { type z } from 'zod';
import { startPlayground, submittedApplication, type Playground } from './playground.ts';

jest.setTimeout(180_000);

const responsible = 'chef@ostergotland.example';
const office = 'kansli@sydost.example';
const setAt = '2027-01-10T12:00:00.000Z';

let play: Playground;
let count = 0;

/** A deadline on 31 March 2027, of an application of its own. */
function newDeadline(more: Partial<{ region: 'ostergotland' | 'kalmar'; dueOn: string }> = {}) {
  const id = `app-${String((count += 1)).padStart(4, '0')}`;
  const region = more.region ?? 'ostergotland';
  play.applications.set(id, submittedApplication(id, { region }));
  const data = {
    key: `application/${id}/acceptance`,
    deadlineVersion: 1,
    kind: 'decision-acceptance' as const,
    dueOn: more.dueOn ?? '2027-03-31',
    subject: { type: 'application' as const, id, reference: `SYDOST-2026-${id.slice(-4)}` },
    responsible: { role: 'regionSigner' as const, unit: region },
    rcc: 'sydost' as const,
    region,
    unitDigest: unitDigest(region, 'Barnkliniken'),
  };
  return { id, data, key: data.key };
}

async function theDeadline(subjectId: string): Promise<DeadlineView> {
  return eventually(async () => (await play.deadlines({ subjectId }))[0]);
}

async function table(subjectId: string): Promise<string[]> {
  const { id } = await theDeadline(subjectId);
  return (await play.reminders(id)).map(
    ({ step, state, recipient, reason }) => `${step} ${state} ${recipient}${reason ? ` (${reason})` : ''}`,
  );
}

async function mailsAbout(id: string) {
  return (await play.mails()).filter((mail) => mail.text.includes(`SYDOST-2026-${id.slice(-4)}`));
}

beforeAll(async () => {
  play = await startPlayground();
});
afterAll(async () => {
  await play?.stop();
});
beforeEach(async () => {
  play.holders.clear();
  play.holders.set('regionSigner ostergotland', [responsible]);
  play.holders.set('rccOfficer sydost', [office]);
  play.silence('applications', false);
  play.silence('directory', false);
  await play.moveClockTo(setAt);
});

describe('reminders', () => {
  it('go out each on its day, to those who hold the role, and a week late to the office too', async () => {
    const { id, data } = newDeadline();
    await play.publish(deadlineSet, id, data, { time: setAt });
    expect(await table(id)).toEqual([
      `30-days-before planned ${responsible}`,
      `14-days-before planned ${responsible}`,
      `7-days-before planned ${responsible}`,
      `2-days-before planned ${responsible}`,
      `1-day-after planned ${responsible}`,
      `7-days-after planned ${responsible}`,
      `7-days-after planned ${office}`,
    ]);
    await play.moveClockTo('2027-03-01T05:59:00.000Z');
    expect(await mailsAbout(id)).toHaveLength(0);
    for (const [day, mails] of [
      ['2027-03-01', 1],
      ['2027-03-17', 2],
      ['2027-03-24', 3],
      ['2027-03-29', 4],
      ['2027-04-01', 5],
      ['2027-04-07', 7],
    ] as const) {
      await play.moveClockTo(`${day}T06:30:00.000Z`);
      // Without waiting: moving the clock answers when the mails are out.
      expect(await mailsAbout(id)).toHaveLength(mails);
    }
    expect(await table(id)).toEqual([
      `30-days-before sent ${responsible}`,
      `14-days-before sent ${responsible}`,
      `7-days-before sent ${responsible}`,
      `2-days-before sent ${responsible}`,
      `1-day-after sent ${responsible}`,
      `7-days-after sent ${responsible}`,
      `7-days-after sent ${office}`,
    ]);
    const [first] = await mailsAbout(id);
    expect(first?.subject).toBe(
      `Påminnelse: svara på beslutet senast onsdag 31 mars 2027 (SYDOST-2026-${id.slice(-4)})`,
    );
    const { id: deadlineId } = await theDeadline(id);
    const [row] = await play.reminders(deadlineId);
    expect(row).toMatchObject({ plannedFor: '2027-03-01', messageId: first?.headers['message-id'] });
    expect(row?.sentAt?.slice(0, 10)).toBe('2027-03-01');
  });

  it('are not sent when the thing is done or withdrawn in time, and the ledger says why', async () => {
    for (const [type, reason] of [
      [deadlineMet, 'met'],
      [deadlineWithdrawn, 'withdrawn'],
    ] as const) {
      await play.moveClockTo(setAt);
      const { id, data, key } = newDeadline();
      await play.publish(deadlineSet, id, data, { time: setAt });
      await play.moveClockTo('2027-03-01T06:30:00.000Z');
      await play.publish(type, id, { key }, { time: '2027-03-02T09:00:00.000Z' });
      await play.moveClockTo('2027-03-17T06:30:00.000Z');
      await play.moveClockTo('2027-04-10T06:30:00.000Z');
      expect(await mailsAbout(id)).toHaveLength(1);
      expect((await table(id)).slice(0, 3)).toEqual([
        `30-days-before sent ${responsible}`,
        `14-days-before skipped regionSigner ostergotland (${reason})`,
        `7-days-before skipped regionSigner ostergotland (${reason})`,
      ]);
      expect(await theDeadline(id)).toMatchObject({ state: reason, closedAt: '2027-03-02T09:00:00.000Z' });
    }
  });

  it('are never sent for a deadline whose end arrives before it', async () => {
    const { id, data, key } = newDeadline();
    await play.publish(deadlineMet, id, { key }, { time: '2027-01-11T09:00:00.000Z' });
    await play.settle();
    expect(await play.deadlines({ subjectId: id })).toEqual([]);
    // Nor does it trouble the lists of those who see everything.
    expect(await play.deadlines({ state: 'met' })).toEqual(
      expect.not.arrayContaining([expect.objectContaining({ closedAt: '2027-01-11T09:00:00.000Z' })]),
    );
    await play.publish(deadlineSet, id, data, { time: setAt });
    await play.moveClockTo('2027-03-20T06:30:00.000Z');
    expect(await theDeadline(id)).toMatchObject({ state: 'met', version: 1 });
    expect(await mailsAbout(id)).toHaveLength(0);
  });

  it('end once, at the earliest end, whichever of several comes first and however many come together', async () => {
    const rows = Array.from({ length: 12 }, () => newDeadline());
    // Of every fourth the end comes first; of every third there are two ends.
    await Promise.all(
      rows.map(async ({ id, data, key }, index) => {
        const met = () => play.publish(deadlineMet, id, { key }, { time: '2027-01-12T09:00:00.000Z' });
        const withdrawn = () =>
          play.publish(deadlineWithdrawn, id, { key }, { time: '2027-01-13T09:00:00.000Z' });
        if (index % 4 === 0) await met();
        await play.publish(deadlineSet, id, data, { time: setAt });
        if (index % 3 === 0) await withdrawn();
        await met();
        await met();
      }),
    );
    await play.moveClockTo('2027-04-10T06:30:00.000Z');
    for (const { id } of rows) {
      expect(await theDeadline(id)).toMatchObject({ state: 'met', closedAt: '2027-01-12T09:00:00.000Z' });
      expect(await mailsAbout(id)).toHaveLength(0);
    }
  });

  it('follow the day when it moves, and an older day does not bring it back', async () => {
    const { id, data } = newDeadline();
    await play.publish(
      deadlineSet,
      id,
      { ...data, deadlineVersion: 2, dueOn: '2027-05-31' },
      { time: '2027-01-11T09:00:00.000Z' },
    );
    await play.publish(deadlineSet, id, data, { time: setAt });
    await play.moveClockTo('2027-03-20T06:30:00.000Z');
    expect(await theDeadline(id)).toMatchObject({ dueOn: '2027-05-31', version: 2, state: 'open' });
    expect(await mailsAbout(id)).toHaveLength(0);
    await play.moveClockTo('2027-05-01T06:30:00.000Z');
    expect(await mailsAbout(id)).toHaveLength(1);
  });

  it('that became due together are one mail, the others superseded', async () => {
    const { id, data } = newDeadline();
    await play.publish(deadlineSet, id, data, { time: setAt });
    await play.moveClockTo('2027-03-25T06:30:00.000Z');
    expect(await mailsAbout(id)).toHaveLength(1);
    expect((await table(id)).slice(0, 4)).toEqual([
      '30-days-before skipped regionSigner ostergotland (superseded)',
      '14-days-before skipped regionSigner ostergotland (superseded)',
      `7-days-before sent ${responsible}`,
      `2-days-before planned ${responsible}`,
    ]);
  });

  it('go to whoever holds the role when they are sent, not when they were planned', async () => {
    const { id, data } = newDeadline();
    await play.publish(deadlineSet, id, data, { time: setAt });
    await play.settle();
    play.holders.set('regionSigner ostergotland', ['ny@ostergotland.example', 'NY@ostergotland.example']);
    await play.moveClockTo('2027-03-01T06:30:00.000Z');
    expect((await mailsAbout(id)).map(({ to }) => to)).toEqual(['ny@ostergotland.example']);
  });

  it('that nobody can be given fail visibly', async () => {
    const { id, data } = newDeadline({ region: 'kalmar' });
    await play.publish(deadlineSet, id, data, { time: setAt });
    expect((await table(id))[0]).toBe('30-days-before planned regionSigner kalmar (no-recipient)');
    await play.moveClockTo('2027-03-01T06:30:00.000Z');
    expect((await table(id))[0]).toBe('30-days-before failed regionSigner kalmar (no-recipient)');
    expect(await play.notifications({ subjectId: id, state: 'failed' })).toMatchObject([
      { kind: 'reminder', step: '30-days-before', reason: 'no-recipient', region: 'kalmar' },
    ]);
  });

  it('are looked at again right before they are sent, also after a refusal to take them now', async () => {
    const { id, data, key } = newDeadline();
    await play.publish(deadlineSet, id, data, { time: setAt });
    await play.settle();
    await play.mailServer('tempfail', 1);
    await play.moveClockTo('2027-03-01T06:30:00.000Z');
    // The next attempt is a second away: the thing is done before that.
    await play.publish(deadlineMet, id, { key }, { time: '2027-03-01T06:31:00.000Z' });
    await eventually(async () => (await table(id))[0] === `30-days-before skipped ${responsible} (met)`);
    expect(await mailsAbout(id)).toHaveLength(0);
  });

  it('wait for the directory and the owner of the application, and are not lost', async () => {
    const { id, data } = newDeadline();
    await play.publish(deadlineSet, id, data, { time: setAt });
    await play.settle();
    play.silence('directory', true);
    await play.moveClockTo('2027-03-01T06:30:00.000Z');
    expect(await mailsAbout(id)).toHaveLength(0);
    play.silence('applications', true);
    play.silence('directory', false);
    await eventually(
      async () => (await play.notifications({ subjectId: id, state: 'planned' })).length === 1,
    );
    play.silence('applications', false);
    await eventually(async () => (await mailsAbout(id)).length === 1);
    expect((await table(id))[0]).toBe(`30-days-before sent ${responsible}`);
  });
});

const person = (id: string, assignments: Actor['assignments']): Actor => ({
  id,
  kind: 'person',
  assignments,
  employers: [],
});

describe('the list of deadlines', () => {
  const ostergotland = person('a', [{ role: 'regionSigner', region: 'ostergotland' }]);
  const kalmar = person('b', [{ role: 'regionSystem', region: 'kalmar' }]);
  const sydost = person('c', [{ role: 'rccOfficer', rcc: 'sydost' }]);
  const norr = person('d', [{ role: 'rccOfficer', rcc: 'norr' }]);

  it('shows to each what is theirs, and tells nobody of others', async () => {
    const { id, data } = newDeadline();
    const other = newDeadline({ region: 'kalmar' });
    await play.publish(deadlineSet, id, data, { time: setAt });
    await play.publish(deadlineSet, other.id, other.data, { time: setAt });
    await play.settle();
    const { id: own } = await theDeadline(id);
    const ids = async (actor: Actor) => (await play.deadlines({}, actor)).map(({ subject }) => subject.id);
    expect(await ids(ostergotland)).toContain(id);
    expect(await ids(ostergotland)).not.toContain(other.id);
    expect(await ids(kalmar)).toContain(other.id);
    expect(await ids(kalmar)).not.toContain(id);
    expect(await ids(sydost)).toEqual(expect.arrayContaining([id, other.id]));
    expect(await ids(norr)).toEqual([]);
    expect(await play.deadlines({ subjectId: id }, kalmar)).toEqual([]);
    await expect(play.reminders(own, kalmar)).rejects.toMatchObject({ code: 'not-found' });
    await expect(play.reminders(own, norr)).rejects.toMatchObject({ code: 'not-found' });
    await expect(play.reminders('00000000-0000-8000-8000-000000000000', sydost)).rejects.toMatchObject({
      code: 'not-found',
    });
    expect(await play.reminders(own, ostergotland)).toHaveLength(7);
  });

  it('shows what is about a draft to its region and the auditor alone, until the application has arrived', async () => {
    const { id, data } = newDeadline();
    const draft = {
      ...data,
      key: `application/${id}/submission`,
      kind: 'application-submission' as const,
      responsible: { role: 'regionSystem' as const, unit: 'ostergotland' },
    };
    play.holders.set('regionSystem ostergotland', ['system@ostergotland.example']);
    await play.publish(deadlineSet, id, draft, { time: setAt });
    await play.publish(deadlineSet, id, data, { time: setAt });
    await play.moveClockTo('2027-03-01T06:30:00.000Z');
    const all = await eventually(async () => {
      const found = await play.deadlines({ subjectId: id });
      return found.length === 2 && found;
    });
    const { id: ofDraft } = all.find(({ kind }) => kind === draft.kind) as DeadlineView;
    const kinds = async (actor: Actor) =>
      (await play.deadlines({ subjectId: id }, actor)).map(({ kind }) => kind);
    const mailed = async (actor: Actor) =>
      (await play.notifications({ subjectId: id }, actor)).map(({ deadlineId }) => deadlineId === ofDraft);
    const both = expect.arrayContaining([draft.kind, data.kind]);
    for (const actor of [ostergotland, person('r', [{ role: 'auditor' }])]) {
      expect(await kinds(actor)).toEqual(both);
      expect(await mailed(actor)).toContain(true);
      expect((await play.reminders(ofDraft, actor)).length).toBeGreaterThan(0);
    }
    const rest = (['rccOfficer', 'assessor', 'decider', 'controller', 'processLeader'] as const).map((role) =>
      person(role, [{ role, rcc: 'sydost' }]),
    );
    for (const actor of [...rest, person('n', [{ role: 'nationalOffice' }])]) {
      expect(await kinds(actor)).toEqual([data.kind]);
      expect(await mailed(actor)).not.toContain(true);
      await expect(play.reminders(ofDraft, actor)).rejects.toMatchObject({ code: 'not-found' });
    }
    // The office sees the other mail, so the list is not just empty.
    expect(await mailed(sydost)).toEqual([false]);
    await play.publish(deadlineMet, id, { key: draft.key }, { time: '2027-03-02T09:00:00.000Z' });
    await eventually(async () => (await kinds(sydost)).length === 2);
    expect((await play.reminders(ofDraft, sydost)).length).toBeGreaterThan(0);
  });

  it('calls what is open after its day overdue, by the clock of the product', async () => {
    const { id, data } = newDeadline({ dueOn: '2027-02-10' });
    await play.publish(deadlineSet, id, data, { time: setAt });
    await play.moveClockTo('2027-02-10T22:59:00.000Z');
    const states = async (state: string) =>
      (await play.deadlines({ subjectId: id, state })).map((deadline) => deadline.state);
    expect(await states('open')).toEqual(['open']);
    expect(await states('overdue')).toEqual([]);
    await play.moveClockTo('2027-02-10T23:01:00.000Z');
    expect(await states('open')).toEqual([]);
    expect(await states('overdue')).toEqual(['overdue']);
    expect(await states('met')).toEqual([]);
  });

  it('is in order of the day', async () => {
    const list = await play.deadlines({ state: 'open' });
    const days = list.map(({ dueOn }) => dueOn);
    expect(days).toEqual(days.toSorted());
    const reversed = await play.deadlines({ state: 'open', sort: '-dueOn' });
    expect(reversed.map(({ dueOn }) => dueOn)).toEqual(days.toReversed());
  });
});

describe('of the clinics of a region', () => {
  const region = 'ostergotland' as const;
  const [own, other] = ['Barnkliniken', 'Ungdomskliniken'] as const;
  const ownDigest = unitDigest(region, own);
  const signer = (unit?: string): Actor =>
    person(`chef ${unit ?? 'regionen'}`, [{ role: 'regionSigner', region, ...(unit && { unit }) }]);
  const applicant = (unit: string): Actor =>
    person(`sokande ${unit}`, [{ role: 'regionApplicant', region, unit }]);

  /** What somebody finds of a thing, wherever it is to be found. */
  async function found(subjectId: string, deadlineId: string, actor: Actor) {
    const [deadlines, mails, reminders] = await Promise.all([
      play.deadlines({ subjectId }, actor),
      play.notifications({ subjectId }, actor),
      play.reminders(deadlineId, actor).catch(({ code }: { code: string }) => code),
    ]);
    return {
      deadlines: deadlines.length,
      mails: mails.length,
      reminders: typeof reminders === 'string' ? reminders : 'told',
    };
  }
  /** As events were before clinics were told. */
  function withoutClinic({ id, data: { unitDigest: _unitDigest, ...data } }: ReturnType<typeof newDeadline>) {
    return { id, data };
  }
  const all = { deadlines: 1, mails: 1, reminders: 'told' };
  const nothing = { deadlines: 0, mails: 0, reminders: 'not-found' };

  async function mailedDeadline(data: z.input<typeof deadlineSet.data>) {
    await play.publish(deadlineSet, data.subject.id, data, { time: setAt });
    await play.moveClockTo('2027-03-01T06:30:00.000Z');
    await eventually(
      async () => (await play.notifications({ subjectId: data.subject.id })).length === 1,
      60_000,
    );
    return theDeadline(data.subject.id);
  }

  it('each sees its own, and the region as a whole sees all', async () => {
    const { id, data } = newDeadline();
    const { id: deadline } = await mailedDeadline({ ...data, unitDigest: ownDigest });
    for (const actor of [
      signer(own),
      applicant(own),
      signer(),
      person('r', [{ role: 'regionReader', region }]),
    ]) {
      const { deadlines, reminders } = await found(id, deadline, actor);
      expect([actor.id, deadlines, reminders]).toEqual([actor.id, 1, 'told']);
    }
    expect(await found(id, deadline, signer(own))).toEqual(all);
    for (const actor of [signer(other), applicant(other), applicant('barnkliniken')])
      expect([actor.id, await found(id, deadline, actor)]).toEqual([actor.id, nothing]);
  });

  it('none sees what may be of another, such as an event from before clinics were told', async () => {
    const { id, data } = withoutClinic(newDeadline());
    const { id: deadline } = await mailedDeadline(data);
    expect(await found(id, deadline, signer(own))).toEqual(nothing);
    expect(await found(id, deadline, signer())).toEqual(all);
    expect(
      (await play.deadlines({ subjectId: id }, person('k', [{ role: 'rccOfficer', rcc: 'sydost' }]))).length,
    ).toBe(1);
  });

  it('all see the closing day of a call by which their region must have begun', async () => {
    const id = `call-${(count += 1)}`;
    play.holders.set(`regionSystem ${region}`, ['system@ostergotland.example']);
    const { id: deadline } = await mailedDeadline({
      key: `call/${id}/closing/${region}`,
      deadlineVersion: 1,
      kind: 'call-closing',
      dueOn: '2027-03-31',
      subject: { type: 'call', id },
      responsible: { role: 'regionSystem', unit: region },
      rcc: 'sydost',
      region,
    });
    for (const actor of [applicant(own), applicant(other), signer()])
      expect([actor.id, await found(id, deadline, actor)]).toEqual([actor.id, all]);
    const elsewhere = person('kalmar', [{ role: 'regionApplicant', region: 'kalmar', unit: own }]);
    expect(await found(id, deadline, elsewhere)).toEqual(nothing);
  });

  it("each knows of its own drafts alone, also who may see the RCC's deadlines in another role", async () => {
    const { id, data } = newDeadline();
    const draft = { ...data, kind: 'application-submission' as const, unitDigest: ownDigest };
    const { id: deadline } = await mailedDeadline({ ...draft, key: `application/${id}/submission` });
    const officer = { role: 'rccOfficer' as const, rcc: 'sydost' as const };
    const both = (unit: string) =>
      person(`två roller ${unit}`, [{ role: 'regionApplicant', region, unit }, officer]);
    for (const actor of [applicant(own), signer(), both(own)])
      expect([actor.id, await found(id, deadline, actor)]).toEqual([actor.id, all]);
    for (const actor of [applicant(other), both(other), person('kansliet', [officer])])
      expect([actor.id, await found(id, deadline, actor)]).toEqual([actor.id, nothing]);
  });

  it('the people of one are not mailed about the matters of another', async () => {
    const ownHead = 'egen@ostergotland.example';
    play.holders.set(`regionSigner ${region} ${ownDigest}`, [ownHead]);
    play.holders.set(`regionSigner ${region} ${unitDigest(region, other)}`, ['annan@ostergotland.example']);
    const { id, data } = newDeadline();
    await play.publish(deadlineSet, id, { ...data, unitDigest: ownDigest }, { time: setAt });
    expect((await table(id)).slice(0, 2)).toEqual([
      `30-days-before planned ${responsible}`,
      `30-days-before planned ${ownHead}`,
    ]);
    await play.moveClockTo('2027-03-01T06:30:00.000Z');
    await eventually(async () => (await mailsAbout(id)).length === 2, 60_000);
    expect((await mailsAbout(id)).map(({ to }) => to).toSorted()).toEqual([responsible, ownHead]);
  });

  it('the one that the owner names is mailed where the event named none', async () => {
    play.holders.clear();
    play.holders.set(`regionSigner ${region} ${ownDigest}`, ['egen@ostergotland.example']);
    const { id, data } = withoutClinic(newDeadline());
    await play.publish(deadlineSet, id, data, { time: setAt });
    expect((await table(id))[0]).toBe('30-days-before planned egen@ostergotland.example');
    await play.moveClockTo('2027-03-01T06:30:00.000Z');
    await eventually(async () => (await mailsAbout(id)).length === 1);
  });

  it("a draft that is handed to another is the new one's from then on", async () => {
    const { id, data } = newDeadline();
    const draft = { ...data, key: `application/${id}/submission`, kind: 'application-submission' as const };
    await play.publish(deadlineSet, id, { ...draft, unitDigest: ownDigest }, { time: setAt });
    await eventually(async () => (await play.deadlines({ subjectId: id }, applicant(own))).length === 1);
    const moved = { ...draft, deadlineVersion: 2, unitDigest: unitDigest(region, other) };
    await play.publish(deadlineSet, id, moved, { time: setAt });
    await eventually(async () => (await play.deadlines({ subjectId: id }, applicant(other))).length === 1);
    expect(await play.deadlines({ subjectId: id }, applicant(own))).toEqual([]);
  });
});
