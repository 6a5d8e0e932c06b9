import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import mongoose, { type Connection } from 'mongoose';
import { testServers, uniqueName } from '#libs/testing';
import { interruptedAttempt, settle, type Mail } from '../src/mail/mail.ts';
import { MailRepository, type NewMail } from '../src/mail/mail.repository.ts';

const now = () => ({ product: new Date(), machine: Date.now() });
const accepted = () => settle({ attempts: 1 }, { outcome: 'accepted' }, now());

const dbName = uniqueName('ledger');
const connections: Connection[] = [];
/** Commands of all that has been done. */
const commands: string[] = [];
let ours: MailRepository;
let theirs: MailRepository;
let count = 0;

async function repository(): Promise<MailRepository> {
  const connection = await mongoose
    .createConnection(testServers().mongoUrl, { dbName, monitorCommands: true })
    .asPromise();
  connection.getClient().on('commandStarted', ({ commandName }) => commands.push(commandName));
  connections.push(connection);
  return new MailRepository(connection);
}

function newMail(): NewMail {
  count += 1;
  return {
    _id: `mail-${count}`,
    kind: 'receipt',
    recipient: `mottagare-${count}@kalmar.example`,
    messageId: `<mail-${count}@insats.example>`,
    subject: { type: 'application', id: `app-${count}` },
    createdAt: new Date(),
    rcc: 'sydost',
    region: 'kalmar',
  };
}

async function claimed(): Promise<Mail> {
  const [mail] = await ours.addClaimed([newMail()]);
  if (!mail) throw new Error('the new row was not claimed');
  return mail;
}

/** As if the time of the claim, or the wait, had passed. */
async function passTime({ _id }: Pick<Mail, '_id'>): Promise<void> {
  const mails = connections[0]?.collection<Mail>('mails');
  await mails?.updateOne({ _id }, { $set: { wakeAt: new Date(Date.now() - 1) } });
}

/** What a sweep that has just read the row does with a claim that ran out. */
function takeUp(mail: Mail): Promise<void> {
  return theirs.settleLapsed(mail, settle(mail, interruptedAttempt(mail), now()));
}

async function awake(id: string): Promise<Mail | undefined> {
  return (await theirs.awake(1000, [])).find(({ _id }) => _id === id);
}

async function listed(state: string): Promise<string[]> {
  const page = await ours.page({ where: {}, state }, { page: 1, limit: 200 }, ({ _id }) => _id);
  return page.items;
}

beforeAll(async () => {
  [ours, theirs] = [await repository(), await repository()];
  await ours.prepare();
});
afterAll(async () => {
  await connections[0]?.dropDatabase();
  await Promise.all(connections.map((connection) => connection.close()));
});

describe('a new mail that is entered as claimed', () => {
  it('takes three commands to its end: entered, handed over, settled', async () => {
    commands.length = 0;
    const mail = await claimed();
    expect(await ours.noteHandOver(mail)).toBe(true);
    await ours.settle(mail, accepted());
    expect(commands).toEqual(['insert', 'update', 'update']);
    expect(await ours.find(mail._id)).toMatchObject({ state: 'sent', attempts: 1 });
  });

  it('is nobody else’s to send, and one of several who enter it at the same time gets it', async () => {
    const row = newMail();
    const held = await Promise.all([
      ours.addClaimed([row]),
      theirs.addClaimed([row]),
      ours.addClaimed([row]),
      theirs.addClaimed([row]),
    ]);
    expect(held.flat()).toHaveLength(1);
    expect(await ours.claim(row._id)).toBeNull();
    expect(await theirs.claim(row._id)).toBeNull();
  });

  it('beside one that is there already is claimed alone', async () => {
    const [known, fresh] = [newMail(), newMail()];
    await theirs.add([known]);
    expect((await ours.addClaimed([known, fresh])).map(({ _id }) => _id)).toEqual([fresh._id]);
    expect(await ours.find(known._id)).toMatchObject({ state: 'planned', attempts: 0 });
  });

  it('is sent by the sweep when its process died before anything left', async () => {
    const mail = await claimed();
    expect(await awake(mail._id)).toBeUndefined();
    await passTime(mail);
    const found = await awake(mail._id);
    if (!found) throw new Error('the sweep does not see the row');
    await takeUp(found);
    expect(await ours.find(mail._id)).toMatchObject({ state: 'planned', reason: 'deferred-interrupted' });
    await passTime(mail);
    expect(await theirs.claim(mail._id)).toMatchObject({ attempts: 2 });
    // Should the first one live after all, it must not send.
    expect(await ours.noteHandOver(mail)).toBe(false);
  });

  it('is of unknown fate when its process died after the text had begun to leave', async () => {
    const mail = await claimed();
    await ours.noteHandOver(mail);
    await passTime(mail);
    const found = await awake(mail._id);
    if (!found) throw new Error('the sweep does not see the row');
    await takeUp(found);
    expect(await ours.find(mail._id)).toMatchObject({ state: 'unknown', doubtful: true });
  });

  it('waits as if nothing had been tried when it is given back', async () => {
    const mail = await claimed();
    await ours.release([mail], 0);
    expect(await ours.find(mail._id)).toMatchObject({ state: 'planned', attempts: 0 });
    expect(await theirs.claim(mail._id)).toMatchObject({ attempts: 1 });
  });

  it('is not given back once its text has begun to leave', async () => {
    const mail = await claimed();
    await ours.noteHandOver(mail);
    await ours.release([mail], 0);
    expect(await theirs.claim(mail._id)).toBeNull();
    expect(await ours.find(mail._id)).toMatchObject({ state: 'sending', handedOver: true });
  });
});

describe('a claim', () => {
  it('that is renewed after a sweep has seen it run out stays with its holder', async () => {
    const mail = await claimed();
    await passTime(mail);
    const seen = await awake(mail._id);
    if (!seen) throw new Error('the sweep does not see the row');
    await ours.renew([mail]);
    await takeUp(seen);
    expect(await ours.noteHandOver(mail)).toBe(true);
    await ours.settle(mail, accepted());
    expect(await ours.find(mail._id)).toMatchObject({ state: 'sent' });
  });
});

describe('the wait of a mail', () => {
  it('is not shortened by who has to leave it for another reason', async () => {
    const mail = await claimed();
    const deferred = settle({ attempts: 5 }, { outcome: 'deferred', code: '451' }, now());
    await ours.settle(mail, deferred);
    await ours.postpone([mail._id], 10);
    expect((await ours.find(mail._id))?.wakeAt).toEqual(deferred.wakeAt);
  });
});

describe('the list by state', () => {
  it('shows a mail under the state that it shows of it, also while it is being sent once more', async () => {
    const mail = await claimed();
    expect(await listed('planned')).toContain(mail._id);
    await ours.settle(mail, settle({ attempts: 1 }, { outcome: 'unanswered', code: 'connection' }, now()));
    await passTime(mail);
    expect(await ours.claim(mail._id)).toMatchObject({ state: 'sending', doubtful: true });
    expect(await listed('unknown')).toContain(mail._id);
    expect(await listed('planned')).not.toContain(mail._id);
  });
});
