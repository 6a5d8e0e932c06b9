import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { addDays, civilDayAt } from '#libs/calendar';
import {
  addClientKeyEndpoint,
  adoptClockOf,
  apiClientKeys,
  changeApiClientEndpoint,
  changeOrganisationEndpoint,
  changePersonEndpoint,
  changeRoleAssignmentEndpoint,
  contactsOf,
  createApiClientEndpoint,
  createOrganisationEndpoint,
  createPersonEndpoint,
  createRoleAssignmentEndpoint,
  decisionRouteOf,
  endApiClient,
  endClientKey,
  endRoleAssignmentEndpoint,
  getApiClient,
  getMe,
  getOrganisation,
  getPerson,
  getRoleAssignment,
  listApiClients,
  listOrganisations,
  listPeople,
  listRoleAssignments,
  organisationChanged,
  personChanged,
  recipientsOf,
  resolveActor,
  roleEnded,
  roleGiven,
  serviceActor,
  useAssertion,
  type CreateRoleAssignment,
  type RccCode,
} from '#libs/contracts';
import { connectTestBus, eventually, startTestProduct, type BusCaller, type TestBus } from '#libs/testing';
import { unitDigest, wholeRegion } from '#libs/unit-digest';

let product: Awaited<ReturnType<typeof startTestProduct>>;
let bus: TestBus;
let asNotifications: TestBus;
let sydost: BusCaller;
let norr: BusCaller;
let administrator: BusCaller;
let auditor: BusCaller;
const gateway = { actor: serviceActor('gateway') };

const actorNamed = async (subject: string) => {
  const { actor } = await bus.client.ask(resolveActor, { subject }, gateway);
  if (!actor) throw new Error(`nobody is called ${subject}`);
  return actor;
};
const rolesOf = async (subject: string) =>
  (await bus.client.ask(resolveActor, { subject }, gateway)).actor?.assignments;

beforeAll(async () => {
  product = await startTestProduct({ services: ['directory'], sharedDatabase: false });
  bus = await connectTestBus(product);
  asNotifications = await connectTestBus(product, 'notifications');
  sydost = bus.as(await actorNamed('kansli-sydost'));
  norr = bus.as(await actorNamed('kansli-norr'));
  administrator = bus.as(await actorNamed('administrator'));
  auditor = bus.as(await actorNamed('revisor'));
}, 120_000);

afterAll(async () => {
  await bus?.close();
  await asNotifications?.close();
  await product?.stop();
}, 60_000);

/** A civil day as the directory counts them; its clock is the machine's but where a test says otherwise. */
const daysFromNow = (days: number) => addDays(civilDayAt(new Date()), days);

let made = 0;
/** A new person at work in Kalmar, made by the office of Sydöst. */
async function newPerson(fields: object = {}, by = sydost) {
  made += 1;
  const body = {
    subject: `person-${made}`,
    name: `Person ${made}`,
    email: `person${made}@kalmar.example`,
    employers: [{ region: 'kalmar', from: '2025-01-01' }],
    ...fields,
  };
  return (await by.call(createPersonEndpoint, { body })).body;
}

async function newRole(personId: string, fields: Partial<CreateRoleAssignment> = {}, by = sydost) {
  const body = { personId, role: 'regionApplicant', region: 'kalmar', from: '2026-01-01', ...fields };
  return (await by.call(createRoleAssignmentEndpoint, { body })).body;
}

async function newClient(fields: object = { region: 'kalmar' }, by = sydost) {
  const body = { name: 'Ansökningssystemet', scopes: ['grants.read', 'grants.write'], ...fields };
  return (await by.call(createApiClientEndpoint, { body })).body;
}

const publicKey = (kid: string) => ({
  kid,
  ...generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }),
});

const personBySubject = async (subject: string) =>
  (await administrator.call(listPeople, { query: { subject } })).body.items[0];

describe('the office of an RCC', () => {
  test('adds a person in one of its regions, gives a role, and the role is there at once', async () => {
    const person = await newPerson();
    expect(person).toMatchObject({ kind: 'person', to: null, rccs: ['sydost'], allowed: ['edit'] });
    expect(await rolesOf(person.subject)).toEqual([]);
    const role = await newRole(person.id, { unit: 'Barnkliniken i Kalmar' });
    expect(role).toMatchObject({
      state: 'active',
      deputy: false,
      ending: null,
      rccs: ['sydost'],
      allowed: ['edit', 'ending'],
    });
    expect(await rolesOf(person.subject)).toEqual([
      { role: 'regionApplicant', region: 'kalmar', unit: 'Barnkliniken i Kalmar' },
    ]);
  });

  test('reaches nothing of another RCC: not to see, not to change, not to make', async () => {
    const person = await newPerson();
    const role = await newRole(person.id);
    const client = await newClient();
    const hidden = { code: 'not-found' };
    const ending = { body: { reason: 'Försök' } };
    expect(await norr.refusal(getPerson, { params: { id: person.id } })).toMatchObject(hidden);
    expect(
      await norr.refusal(changePersonEndpoint, {
        params: { id: person.id },
        ifMatch: 1,
        body: { name: 'x' },
      }),
    ).toMatchObject(hidden);
    expect(await norr.refusal(getRoleAssignment, { params: { id: role.id } })).toMatchObject(hidden);
    expect(
      await norr.refusal(endRoleAssignmentEndpoint, { params: { id: role.id }, ...ending }),
    ).toMatchObject(hidden);
    expect(await norr.refusal(getApiClient, { params: { id: client.id } })).toMatchObject(hidden);
    expect(await norr.refusal(endApiClient, { params: { id: client.id }, ...ending })).toMatchObject(hidden);
    expect(
      await norr.refusal(addClientKeyEndpoint, { params: { id: client.id }, body: { jwk: publicKey('k') } }),
    ).toMatchObject(hidden);

    const forbidden = { code: 'forbidden' };
    expect(
      await norr.refusal(createPersonEndpoint, {
        body: { subject: 'x', name: 'x', employers: [{ region: 'kalmar', from: '2025-01-01' }] },
      }),
    ).toMatchObject(forbidden);
    expect(
      await norr.refusal(createApiClientEndpoint, {
        body: { name: 'x', scopes: ['grants.read'], region: 'kalmar' },
      }),
    ).toMatchObject(forbidden);
    // Organisations are public facts; changing them is not.
    expect(
      await norr.refusal(changeOrganisationEndpoint, {
        params: { id: 'region-kalmar' },
        ifMatch: 1,
        body: { name: 'x' },
      }),
    ).toMatchObject(forbidden);

    for (const list of [listPeople, listRoleAssignments, listApiClients]) {
      const { body } = await norr.call(list, { query: { limit: '200', region: 'kalmar' } as never });
      expect(body).toMatchObject({ items: [], page: { total: 0 } });
      const own = (await sydost.call(list, { query: { limit: '200' } as never })).body;
      expect(own.page.total).toBe(own.items.length);
      for (const { rccs } of own.items) expect(rccs).toContain('sydost');
    }
  });

  test('gives no role in another RCC, no national one, and none to whom it may not know of', async () => {
    const person = await newPerson();
    const stranger = await personBySubject('chef-vasterbotten');
    const refuse = async (fields: object) =>
      sydost.refusal(createRoleAssignmentEndpoint, {
        body: { personId: person.id, from: '2026-01-01', ...fields },
      });
    for (const fields of [
      { role: 'assessor', rcc: 'norr' },
      { role: 'regionApplicant', region: 'vasterbotten' },
      { role: 'administrator' },
      { role: 'auditor' },
      { role: 'nationalOffice' },
      { role: 'nationalReader' },
    ]) {
      expect({ fields, ...(await refuse(fields)) }).toMatchObject({ fields, code: 'forbidden' });
    }
    expect(await refuse({ role: 'assessor', rcc: 'sydost', personId: stranger?.id })).toMatchObject({
      code: 'invalid-input',
      faults: [{ pointer: '/personId', code: 'unknown-person' }],
    });
    expect(await refuse({ role: 'assessor', region: 'kalmar' })).toMatchObject({
      code: 'invalid-input',
      faults: [
        { pointer: '/region', code: 'place-not-expected' },
        { pointer: '/rcc', code: 'place-required' },
      ],
    });
    expect(await rolesOf(person.subject)).toEqual([]);
  });

  test('gives and ends no role of its own, nor changes its own employer or address', async () => {
    const own = await personBySubject('kansli-sydost');
    const id = own?.id ?? '';
    expect(
      await sydost.refusal(createRoleAssignmentEndpoint, {
        body: { personId: id, role: 'decider', rcc: 'sydost', from: '2026-01-01' },
      }),
    ).toMatchObject({ code: 'own-role' });
    const { body: held } = await sydost.call(listRoleAssignments, { query: { personId: id } });
    const role = held.items[0];
    expect(role?.allowed).toEqual([]);
    const params = { id: role?.id ?? '' };
    expect(
      await sydost.refusal(endRoleAssignmentEndpoint, { params, body: { reason: 'Försök' } }),
    ).toMatchObject({ code: 'own-role' });
    expect(
      await sydost.refusal(changeRoleAssignmentEndpoint, { params, ifMatch: 1, body: { to: '2099-01-01' } }),
    ).toMatchObject({ code: 'own-role' });
    const { revision } = await sydost.call(getPerson, { params: { id } });
    const change = (body: object) => ({ params: { id }, ifMatch: revision ?? 0, body });
    expect(await sydost.refusal(changePersonEndpoint, change({ employers: [] }))).toMatchObject({
      code: 'own-role',
    });
    expect(await sydost.refusal(changePersonEndpoint, change({ to: '2026-12-31' }))).toMatchObject({
      code: 'own-role',
    });
    // By the address it would be shown what is held about whoever has it.
    expect(
      await sydost.refusal(changePersonEndpoint, change({ email: 'anna.lind@ostergotland.example' })),
    ).toMatchObject({ code: 'own-role' });
    expect(await rolesOf('kansli-sydost')).toEqual([{ role: 'rccOfficer', rcc: 'sydost' }]);
    // The administrator gives roles everywhere, but not to itself either.
    const administrators = await personBySubject('administrator');
    expect(
      await administrator.refusal(createRoleAssignmentEndpoint, {
        body: { personId: administrators?.id ?? '', role: 'auditor', from: '2026-01-01' },
      }),
    ).toMatchObject({ code: 'own-role' });
  });

  test('knows of whoever holds a role in its RCC, but does not change those who are another’s', async () => {
    const person = await newPerson();
    expect(await norr.refusal(getPerson, { params: { id: person.id } })).toMatchObject({ code: 'not-found' });
    const role = await newRole(
      person.id,
      { role: 'assessor', region: undefined, rcc: 'norr' },
      administrator,
    );
    const seen = await eventually(
      async () => (await norr.call(getPerson, { params: { id: person.id } })).body,
    );
    expect(seen).toMatchObject({ rccs: ['norr', 'sydost'], allowed: [] });
    expect(
      await norr.refusal(changePersonEndpoint, {
        params: { id: person.id },
        ifMatch: 1,
        body: { email: 'x@norr.example' },
      }),
    ).toMatchObject({ code: 'forbidden' });
    // Nor does the office at home end what another RCC has given.
    expect(
      await sydost.refusal(changePersonEndpoint, {
        params: { id: person.id },
        ifMatch: 1,
        body: { to: '2026-01-01' },
      }),
    ).toMatchObject({ code: 'forbidden' });
    await norr.call(endRoleAssignmentEndpoint, { params: { id: role.id }, body: { reason: 'Klart' } });
    await eventually(
      async () => (await norr.refusal(getPerson, { params: { id: person.id } })).code === 'not-found',
    );
  });
});

describe('a person', () => {
  test('whom the office may not know of is not told of when the office adds the same one', async () => {
    const employers = [{ region: 'kalmar', from: '2025-01-01' }];
    const add = (subject: string, by = sydost) =>
      by.refusal(createPersonEndpoint, { body: { subject, name: 'Gissning', employers } });
    const own = await newPerson();
    expect(await add(own.subject)).toMatchObject({ code: 'already-exists' });
    // To the letter what an office is told of any place that it may not add people in.
    const elsewhere = [{ region: 'vasterbotten', from: '2025-01-01' }];
    const notThere = await sydost.refusal(createPersonEndpoint, {
      body: { subject: 'nobody-at-all', name: 'Gissning', employers: elsewhere },
    });
    const strangers = await add('chef-vasterbotten');
    expect(notThere.code).toBe('forbidden');
    expect(strangers).toEqual(notThere);
    expect(await add('chef-vasterbotten', administrator)).toMatchObject({ code: 'already-exists' });
  });

  test('is ended from yesterday on, not further back, and not added as gone', async () => {
    const person = await newPerson();
    const end = (to: string | null) => ({ params: { id: person.id }, ifMatch: 1, body: { to } });
    for (const by of [sydost, administrator]) {
      expect(await by.refusal(changePersonEndpoint, end(daysFromNow(-2)))).toMatchObject({
        code: 'invalid-input',
        faults: [{ pointer: '/to', code: 'ended-too-early', params: { value: daysFromNow(-1) } }],
      });
    }
    expect(
      await sydost.refusal(createPersonEndpoint, {
        body: {
          subject: 'redan-borta',
          name: 'Redan Borta',
          employers: [{ region: 'kalmar', from: '2020-01-01' }],
          to: '2025-12-31',
        },
      }),
    ).toMatchObject({ faults: [{ pointer: '/to', code: 'ended-too-early' }] });
    expect(await rolesOf(person.subject)).toEqual([]);
    const { body } = await sydost.call(changePersonEndpoint, end(daysFromNow(-1)));
    expect(body.to).toBe(daysFromNow(-1));
    expect((await bus.client.ask(resolveActor, { subject: person.subject }, gateway)).actor).toBeNull();
  });

  test('who has left has no roles any more: they end with the person, and do not come back', async () => {
    const person = await newPerson();
    const [open, bounded, upcoming, ended] = [
      await newRole(person.id),
      await newRole(person.id, { role: 'regionSigner', to: '2099-12-31' }),
      await newRole(person.id, { role: 'regionReader', from: '2098-01-01' }),
      await newRole(person.id, { unit: 'Barnkliniken' }),
    ];
    const reason = 'Har bytt arbete';
    await sydost.call(endRoleAssignmentEndpoint, { params: { id: ended.id }, body: { reason } });
    const elsewhere = { role: 'assessor', region: undefined, rcc: 'norr' } as const;
    const last = await newRole(person.id, elsewhere, administrator);
    // All that was heard of the roles has been dealt with: what happens from here on is for the person's end alone.
    await eventually(async () =>
      (await auditor.call(getPerson, { params: { id: person.id } })).body.rccs.includes('norr'),
    );
    const lastDay = daysFromNow(-1);
    const change = (body: object, ifMatch: number) =>
      administrator.call(changePersonEndpoint, { params: { id: person.id }, ifMatch, body });
    await change({ to: lastDay }, 1);
    const rolesNow = async () =>
      (await administrator.call(listRoleAssignments, { query: { personId: person.id } })).body.items;
    const roles = await eventually(async () => {
      const items = await rolesNow();
      return items.every(({ state }) => state === 'ended') && items;
    });
    expect(roles.map(({ id }) => id).toSorted()).toEqual(
      [open.id, bounded.id, upcoming.id, ended.id, last.id].toSorted(),
    );
    for (const { id, ending, allowed } of roles) {
      expect(allowed).toEqual([]);
      expect(ending).toMatchObject(
        id === ended.id
          ? { reason, by: 'kansli-sydost' }
          : { reason: 'Personen har slutat.', on: lastDay, atOnce: false, by: 'service:directory' },
      );
    }
    await change({ to: null }, 2);
    expect(await rolesOf(person.subject)).toEqual([]);
    // It was held on the days before, so it is given from today on.
    const again = await newRole(person.id, { from: daysFromNow(0) });
    expect(again.state).toBe('active');
  });

  test('whose last day lies ahead keeps the roles until it has passed, and then they end by themselves', async () => {
    const person = await newPerson();
    const role = await newRole(person.id);
    await sydost.call(changePersonEndpoint, {
      params: { id: person.id },
      ifMatch: 1,
      body: { to: '2032-06-30' },
    });
    const roleNow = async () => (await auditor.call(getRoleAssignment, { params: { id: role.id } })).body;
    const at = async (time: string) => {
      const offset = Date.parse(time) - Date.now();
      await bus.client.ask(adoptClockOf('directory'), { offset, settle: true }, gateway);
    };
    try {
      await at('2032-06-30T10:00:00Z');
      // The day may be moved until then, so nothing is decided before.
      expect(await roleNow()).toMatchObject({ state: 'active', ending: null });
      await at('2032-07-01T10:00:00Z');
      expect(await roleNow()).toMatchObject({
        state: 'ended',
        ending: { on: '2032-06-30', by: 'service:directory' },
      });
    } finally {
      await bus.client.ask(adoptClockOf('directory'), { offset: 0, settle: true }, gateway);
    }
  });

  test('who has left is written to no more, nor is a system that has ended', async () => {
    const person = await newPerson();
    const client = await newClient({ region: 'kalmar', email: 'avvecklat@kalmar.example' });
    const addresses = async () => {
      const ids = [person.subject, client.subject, 'chef-kalmar'];
      const actor = serviceActor('notifications');
      const { recipients } = await asNotifications.client.ask(contactsOf, { ids }, { actor });
      return recipients.map(({ id }) => id);
    };
    expect(await addresses()).toEqual(['chef-kalmar', client.subject, person.subject]);
    await sydost.call(changePersonEndpoint, {
      params: { id: person.id },
      ifMatch: 1,
      body: { to: daysFromNow(-1) },
    });
    await sydost.call(endApiClient, { params: { id: client.id }, body: { reason: 'Avvecklat' } });
    expect(await addresses()).toEqual(['chef-kalmar']);
  });
});

describe('a role', () => {
  test('taken away is gone in the next answer, and stays in the list as ended', async () => {
    const heard = bus.listen(roleEnded);
    const person = await newPerson();
    const role = await newRole(person.id);
    const params = { id: role.id };
    const { body: ended } = await sydost.call(endRoleAssignmentEndpoint, {
      params,
      body: { reason: 'Har bytt arbete' },
    });
    expect(await rolesOf(person.subject)).toEqual([]);
    expect(ended).toMatchObject({
      state: 'ended',
      allowed: [],
      ending: { reason: 'Har bytt arbete', atOnce: true, by: 'kansli-sydost' },
    });
    expect((await sydost.call(getRoleAssignment, { params })).body).toEqual(ended);
    const list = await sydost.call(listRoleAssignments, { query: { personId: person.id, state: 'ended' } });
    expect(list.body.items).toEqual([ended]);
    for (const state of ['active', 'upcoming'] as const) {
      const { body } = await sydost.call(listRoleAssignments, { query: { personId: person.id, state } });
      expect(body.page.total).toBe(0);
    }
    expect(
      await sydost.refusal(endRoleAssignmentEndpoint, { params, body: { reason: 'Igen' } }),
    ).toMatchObject({ code: 'state-conflict', extra: { allowed: [] } });
    const told = await eventually(() => heard.find(({ aggregateid }) => aggregateid === role.id));
    expect(JSON.stringify(told)).not.toMatch(/arbete|person-\d/i);
    expect(told.actor).toMatchObject({ id: 'kansli-sydost', role: 'rccOfficer', rcc: 'sydost' });
  });

  test('is given once: the same one at the same time is refused, and a repeat under its key is not', async () => {
    const heard = bus.listen(roleGiven);
    const person = await newPerson();
    const body = { personId: person.id, role: 'regionSigner', region: 'kalmar', from: '2026-01-01' };
    const key = `role-${person.id}`;
    const first = await sydost.call(createRoleAssignmentEndpoint, { body, key });
    const repeated = await sydost.call(createRoleAssignmentEndpoint, { body, key });
    expect(repeated).toEqual({ ...first, replayed: true });
    expect(await sydost.refusal(createRoleAssignmentEndpoint, { body })).toMatchObject({
      code: 'already-exists',
    });
    expect(
      await sydost.refusal(createRoleAssignmentEndpoint, { body: { ...body, to: '2027-01-01' }, key }),
    ).toMatchObject({ code: 'idempotency-key-reused' });
    await eventually(() => heard.some(({ aggregateid }) => aggregateid === first.body.id));
    expect(heard.filter(({ data }) => data['personId'] === person.id)).toHaveLength(1);
  });

  test('is given once, however many give it at the same moment, for whatever part of the time', async () => {
    const other = await connectTestBus(product);
    try {
      const byOther = other.as(await actorNamed('kansli-sydost'));
      for (let round = 0; round < 5; round += 1) {
        const person = await newPerson();
        const race = await Promise.allSettled(
          Array.from({ length: 8 }, (_, index) =>
            newRole(
              person.id,
              { role: 'regionSigner', from: `2026-01-0${index + 1}` },
              index % 2 ? sydost : byOther,
            ),
          ),
        );
        for (const result of race)
          if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'already-exists' });
        expect(race.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        // What differs in time or place is not the same role, and all of it is given.
        await Promise.all([
          ...Array.from({ length: 6 }, (_, index) => newRole(person.id, { unit: `Klinik ${index}` })),
          newRole(person.id, { role: 'regionReader', from: '2026-01-01', to: '2026-06-30' }),
          newRole(person.id, { role: 'regionReader', from: '2026-07-01' }),
        ]);
      }
    } finally {
      await other.close();
    }
  });

  test('is not stretched into another of the same kind, also when both are stretched at the same moment', async () => {
    for (let round = 0; round < 5; round += 1) {
      const person = await newPerson();
      const early = await newRole(person.id, { from: '2097-01-01', to: '2097-03-31' });
      const late = await newRole(person.id, { from: '2097-10-01', to: '2097-12-31' });
      const stretch = (id: string, body: object) =>
        sydost.call(changeRoleAssignmentEndpoint, { params: { id }, ifMatch: 1, body });
      const race = await Promise.allSettled([
        stretch(early.id, { to: '2097-08-31' }),
        stretch(late.id, { from: '2097-05-01' }),
      ]);
      expect(race.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const result of race)
        if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'already-exists' });
    }
  });

  test('of a deputy is told as such to everybody who asks', async () => {
    const [holder, deputy] = [await newPerson(), await newPerson()];
    const ordinary = await newRole(holder.id, { role: 'regionSigner' });
    const role = await newRole(deputy.id, { role: 'regionSigner', deputyFor: ordinary.id });
    expect(role).toMatchObject({ deputy: true, deputyFor: ordinary.id });
    expect(await rolesOf(deputy.subject)).toEqual([{ role: 'regionSigner', region: 'kalmar', deputy: true }]);
    expect(
      await sydost.refusal(createRoleAssignmentEndpoint, {
        body: {
          personId: deputy.id,
          role: 'regionApplicant',
          region: 'kalmar',
          from: '2026-01-01',
          deputyFor: ordinary.id,
        },
      }),
    ).toMatchObject({ faults: [{ pointer: '/deputyFor', code: 'deputy-mismatch' }] });
  });

  test('is changed under its revision only', async () => {
    const person = await newPerson();
    const role = await newRole(person.id, { from: '2098-01-01' });
    expect(role.state).toBe('upcoming');
    const change = { params: { id: role.id }, body: { from: '2098-02-01', to: '2098-12-31' } };
    const changed = await sydost.call(changeRoleAssignmentEndpoint, { ...change, ifMatch: 1 });
    expect(changed).toMatchObject({ revision: 2, body: { from: '2098-02-01', to: '2098-12-31' } });
    expect(
      await sydost.refusal(changeRoleAssignmentEndpoint, {
        ...change,
        body: { to: null },
        ifMatch: 1,
      }),
    ).toMatchObject({ code: 'precondition-failed' });
  });

  test('of a person who has ended is no longer there', async () => {
    const heard = bus.listen(personChanged);
    const person = await newPerson();
    await newRole(person.id);
    await sydost.call(changePersonEndpoint, {
      params: { id: person.id },
      ifMatch: 1,
      body: { to: daysFromNow(-1) },
    });
    expect((await bus.client.ask(resolveActor, { subject: person.subject }, gateway)).actor).toBeNull();
    const { recipients } = await asNotifications.client.ask(
      recipientsOf,
      { role: 'regionApplicant', unit: 'kalmar', unitDigest: wholeRegion, on: daysFromNow(0) },
      { actor: serviceActor('notifications') },
    );
    expect(recipients.map(({ id }) => id)).toContain('sokande-kalmar');
    expect(recipients.map(({ id }) => id)).not.toContain(person.subject);
    const told = await eventually(() => heard.find(({ aggregateid }) => aggregateid === person.id));
    expect(told.data).toEqual({ personId: person.id, fields: ['to'], to: daysFromNow(-1) });
  });
});

test('mails about the matters of a clinic go to its own people and to those of the whole region', async () => {
  const held = new Map<string, string>();
  for (const unit of ['Barnkliniken', 'Akuten', undefined]) {
    const { id, subject } = await newPerson();
    const place = unit === undefined ? {} : { unit };
    await newRole(id, { role: 'regionSigner', region: 'jonkoping', ...place });
    held.set(subject, unit ?? 'hela regionen');
  }
  const asked = { role: 'regionSigner' as const, unit: 'jonkoping', on: '2026-11-24' };
  const found = async (within: object) => {
    const { recipients } = await asNotifications.client.ask(
      recipientsOf,
      { ...asked, ...within },
      { actor: serviceActor('notifications') },
    );
    return recipients.flatMap(({ id }) => held.get(id) ?? []).toSorted();
  };
  expect(await found({ unitDigest: unitDigest('jonkoping', 'Akuten') })).toEqual(['Akuten', 'hela regionen']);
  expect(await found({ unitDigest: unitDigest('jonkoping', 'Öron') })).toEqual(['hela regionen']);
  expect(await found({ unitDigest: unitDigest('kalmar', 'Akuten') })).toEqual(['hela regionen']);
  expect(await found({})).toEqual(['hela regionen']);
  expect(await found({ unitDigest: wholeRegion })).toEqual(['Akuten', 'Barnkliniken', 'hela regionen']);
});

describe('an organisation', () => {
  test('has the decision route of its RCC as data', async () => {
    const applications = await connectTestBus(product, 'applications');
    try {
      const ask = (rcc: RccCode) =>
        applications.client.ask(decisionRouteOf, { rcc }, { actor: serviceActor('applications') });
      expect(await ask('syd')).toMatchObject({ takesApplications: false });
      expect((await ask('norr')).steps.filter(({ jointly }) => jointly)).toHaveLength(2);
      const { revision } = await sydost.call(getOrganisation, { params: { id: 'rcc-sydost' } });
      const decisionRoute = {
        takesApplications: true,
        steps: [{ kind: 'decision', by: 'Styrgruppen', jointly: true }],
      };
      await sydost.call(changeOrganisationEndpoint, {
        params: { id: 'rcc-sydost' },
        ifMatch: revision ?? 0,
        body: { decisionRoute },
      });
      expect(await ask('sydost')).toEqual(decisionRoute);
    } finally {
      await applications.close();
    }
  });

  test('that moves takes its people, roles and clients along, and brings them back', async () => {
    const heard = bus.listen(organisationChanged);
    const id = 'region-gotland';
    const employers = [{ region: 'gotland', from: '2025-01-01' }];
    const person = await newPerson({ employers }, administrator);
    const colleague = await newPerson({ employers }, administrator);
    const role = await newRole(person.id, { region: 'gotland' }, administrator);
    const client = await newClient({ region: 'gotland' }, administrator);
    const belongings = async () => {
      const [one, other, two, three] = await Promise.all([
        auditor.call(getPerson, { params: { id: person.id } }),
        auditor.call(getPerson, { params: { id: colleague.id } }),
        auditor.call(getRoleAssignment, { params: { id: role.id } }),
        auditor.call(getApiClient, { params: { id: client.id } }),
      ]);
      return [one.body.rccs, other.body.rccs, two.body.rccs, three.body.rccs];
    };
    const move = async (...memberships: object[]) => {
      const { revision = 0 } = await auditor.call(getOrganisation, { params: { id } });
      return administrator.call(changeOrganisationEndpoint, {
        params: { id },
        ifMatch: revision,
        body: { memberships },
      });
    };
    expect(await belongings()).toEqual(Array.from({ length: 4 }, () => ['stockholm-gotland']));
    const before = { rcc: 'stockholm-gotland', from: '2019-01-01', to: '2025-12-31' };
    const moved = await move(before, { rcc: 'norr', from: '2026-01-01' });
    expect(moved.body).toMatchObject({ rccs: ['norr'] });
    await eventually(async () => (await belongings()).every(([rcc, more]) => rcc === 'norr' && !more));
    expect((await norr.call(getPerson, { params: { id: person.id } })).body.allowed).toEqual(['edit']);
    // What follows is no change of the thing itself: an ETag stays good.
    expect((await norr.call(getRoleAssignment, { params: { id: role.id } })).revision).toBe(1);
    await eventually(() => heard.some(({ data }) => data['code'] === 'gotland'));

    await move({ ...before, to: null });
    await eventually(async () => (await belongings()).every(([rcc]) => rcc === 'stockholm-gotland'));
    expect(await norr.refusal(getPerson, { params: { id: person.id } })).toMatchObject({ code: 'not-found' });
  });

  test('takes them along also when the service dies right after the change', async () => {
    const params = { id: 'region-blekinge' };
    const employers = [{ region: 'blekinge', from: '2025-01-01' }];
    const person = await newPerson({ employers }, administrator);
    const role = await newRole(person.id, { region: 'blekinge' }, administrator);
    for (const rcc of ['vast', 'syd'] as const) {
      const { revision = 0 } = await auditor.call(getOrganisation, { params });
      await administrator.call(changeOrganisationEndpoint, {
        params,
        ifMatch: revision,
        body: { memberships: [{ rcc, from: '2019-01-01' }] },
      });
      await product.processes.get('directory')?.kill('SIGKILL');
      await eventually(async () => {
        const [one, two] = await Promise.all([
          auditor.call(getPerson, { params: { id: person.id } }),
          auditor.call(getRoleAssignment, { params: { id: role.id } }),
        ]);
        expect([one.body.rccs, two.body.rccs]).toEqual([[rcc], [rcc]]);
        return true;
      }, 60_000);
    }
  }, 150_000);

  test('follows the day: a membership that begins takes everything along by itself', async () => {
    const params = { id: 'region-uppsala' };
    const employers = [{ region: 'uppsala', from: '2025-01-01' }];
    const person = await newPerson({ employers }, administrator);
    const { revision = 0 } = await auditor.call(getOrganisation, { params });
    const memberships = [
      { rcc: 'mellansverige', from: '2019-01-01', to: '2030-12-31' },
      { rcc: 'norr', from: '2031-01-01' },
    ];
    await administrator.call(changeOrganisationEndpoint, {
      params,
      ifMatch: revision,
      body: { memberships },
    });
    const belongings = async () => [
      (await auditor.call(getPerson, { params: { id: person.id } })).body.rccs,
      (await auditor.call(getOrganisation, { params })).body.rccs,
    ];
    expect(await belongings()).toEqual([['mellansverige'], ['mellansverige']]);
    const offset = Date.parse('2031-01-01T12:00:00Z') - Date.now();
    try {
      await bus.client.ask(adoptClockOf('directory'), { offset, settle: true }, gateway);
      expect(await belongings()).toEqual([['norr'], ['norr']]);
    } finally {
      await bus.client.ask(adoptClockOf('directory'), { offset: 0, settle: true }, gateway);
    }
    expect(await belongings()).toEqual([['mellansverige'], ['mellansverige']]);
  });

  test('shared by two RCC is changed by each for its own share alone', async () => {
    const person = await newPerson({ employers: [{ rcc: 'syd', from: '2025-01-01' }] }, administrator);
    await newRole(person.id, { role: 'rccOfficer', region: undefined, rcc: 'syd' }, administrator);
    const syd = bus.as(await actorNamed(person.subject));
    const params = { id: 'region-halland' };
    const { body: halland, revision = 0 } = await syd.call(getOrganisation, { params });
    expect(halland.rccs).toEqual(['syd', 'vast']);
    const [vasts, syds] = ['vast', 'syd'].map((rcc) => halland.memberships.find((row) => row.rcc === rcc));
    const change = (...memberships: unknown[]) => ({ params, ifMatch: revision, body: { memberships } });
    for (const taken of [
      [{ ...syds, municipalities: [] }],
      [syds, { ...vasts, municipalities: ['Varberg'] }],
      [syds, vasts, { rcc: 'norr', from: '2019-01-01', municipalities: ['Norrby'] }],
    ]) {
      expect(await syd.refusal(changeOrganisationEndpoint, change(...taken))).toMatchObject({
        code: 'forbidden',
      });
    }
    expect(
      await syd.refusal(
        changeOrganisationEndpoint,
        change(vasts, { ...syds, municipalities: ['Laholm', 'Varberg'] }),
      ),
    ).toMatchObject({
      code: 'invalid-input',
      faults: [{ pointer: '/memberships/1', code: 'overlapping-membership', params: { value: 'Varberg' } }],
    });
    const own = await syd.call(changeOrganisationEndpoint, change(vasts, { ...syds, to: '2098-12-31' }));
    expect(own.body.memberships[1]).toMatchObject({ rcc: 'syd', to: '2098-12-31' });
  });

  test('is told as it belonged, or will belong, on any day that is asked for', async () => {
    const params = { id: 'region-varmland' };
    const { revision = 0 } = await auditor.call(getOrganisation, { params });
    const memberships = [
      { rcc: 'mellansverige', from: '2019-01-01', to: '2027-12-31' },
      { rcc: 'vast', from: '2028-01-01', municipalities: ['Arvika', 'Eda'] },
      { rcc: 'mellansverige', from: '2028-01-01', municipalities: ['Karlstad'] },
    ];
    await administrator.call(changeOrganisationEndpoint, {
      params,
      ifMatch: revision,
      body: { memberships },
    });
    const rccsOn = async (on: string) =>
      (await auditor.call(getOrganisation, { params, query: { on } })).body.rccs;
    expect(await rccsOn('2018-12-31')).toEqual([]);
    expect(await rccsOn('2027-12-31')).toEqual(['mellansverige']);
    expect(await rccsOn('2028-01-01')).toEqual(['mellansverige', 'vast']);
    const regionsOfVast = async (on?: string) => {
      const query = { rcc: 'vast', kind: 'region', limit: '200', ...(on && { on }) } as never;
      const { items } = (await auditor.call(listOrganisations, { query })).body;
      return items.map(({ code, rccs }) => [code, rccs.includes('vast')]);
    };
    expect(await regionsOfVast('2027-12-31')).not.toContainEqual(['varmland', expect.anything()]);
    expect(await regionsOfVast('2028-01-01')).toContainEqual(['varmland', true]);
    // Without a day: whatever belongs, has belonged or will, with today's.
    expect(await regionsOfVast()).toContainEqual(['varmland', false]);
    await administrator.call(changeOrganisationEndpoint, {
      params,
      ifMatch: revision + 1,
      body: { memberships: [{ rcc: 'mellansverige', from: '2019-01-01' }] },
    });
  });

  test('is added by the administrator alone, once', async () => {
    const body = { kind: 'region', code: 'kalmar', name: 'Kalmar' };
    expect(await sydost.refusal(createOrganisationEndpoint, { body })).toMatchObject({ code: 'forbidden' });
    expect(await administrator.refusal(createOrganisationEndpoint, { body })).toMatchObject({
      code: 'already-exists',
    });
    expect(
      (await administrator.call(listOrganisations, { query: { limit: '200' } as never })).body.page.total,
    ).toBe(28);
  });
});

describe('an API client', () => {
  test('acts for its region with its keys until it is ended, and then not at all', async () => {
    const client = await newClient({ region: 'kalmar', email: 'system@kalmar.example' });
    const params = { id: client.id };
    const keysOf = async () =>
      (await bus.client.ask(apiClientKeys, { clientId: client.clientId }, gateway)).client;
    expect(await keysOf()).toEqual({
      subject: client.subject,
      scopes: ['grants.read', 'grants.write'],
      keys: [],
    });
    const jwk = publicKey('k1');
    const { body: keyed } = await sydost.call(addClientKeyEndpoint, { params, body: { jwk } });
    expect(keyed.keys).toMatchObject([{ jwk: { kid: 'k1', alg: 'EdDSA' }, state: 'active' }]);
    expect((await keysOf())?.keys).toEqual([{ ...jwk, alg: 'EdDSA', use: 'sig' }]);
    const acting = await actorNamed(client.subject);
    expect(acting).toEqual({
      id: client.subject,
      kind: 'system',
      assignments: [{ role: 'regionSystem', region: 'kalmar' }],
      employers: [],
    });
    expect((await bus.as(acting).call(getMe)).body).toMatchObject({
      kind: 'system',
      name: 'Ansökningssystemet',
      units: [{ kind: 'region', code: 'kalmar' }],
    });

    await sydost.call(changeApiClientEndpoint, {
      params,
      ifMatch: 2,
      body: { scopes: ['grants.read'] },
    });
    expect((await keysOf())?.scopes).toEqual(['grants.read']);

    await sydost.call(endApiClient, { params, body: { reason: 'Avvecklat' } });
    expect(await keysOf()).toBeNull();
    expect((await bus.client.ask(resolveActor, { subject: client.subject }, gateway)).actor).toBeNull();
    const { body: ended } = await sydost.call(getApiClient, { params });
    expect(ended).toMatchObject({ state: 'ended', allowed: [], keys: [{ state: 'ended' }] });
  });

  test('cannot be mistaken for a person: no person gets such a subject', async () => {
    const client = await newClient();
    expect(
      await administrator.refusal(createPersonEndpoint, {
        body: { subject: client.subject, name: 'Falsk', employers: [] },
      }),
    ).toMatchObject({
      code: 'invalid-input',
      faults: [{ pointer: '/body/subject', code: 'reserved-subject' }],
    });
  });

  test('has two keys at most, also when two more are added at the same moment', async () => {
    const client = await newClient();
    const params = { id: client.id };
    const add = (kid: string) => sydost.call(addClientKeyEndpoint, { params, body: { jwk: publicKey(kid) } });
    await add('k1');
    const race = await Promise.allSettled(['k2', 'k3', 'k4', 'k5'].map(add));
    expect(race.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of race) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'too-many-keys' });
    }
    const keysOf = async () =>
      (await bus.client.ask(apiClientKeys, { clientId: client.clientId }, gateway)).client?.keys ?? [];
    expect(await keysOf()).toHaveLength(2);
    await sydost.call(endClientKey, { params: { ...params, kid: 'k1' }, body: { reason: 'Bytt' } });
    expect((await keysOf()).map(({ kid }) => kid)).not.toContain('k1');
    await add('k6');
    expect(await keysOf()).toHaveLength(2);
  });

  test('shows a private key nowhere: it is refused before anything is stored', async () => {
    const client = await newClient();
    const jwk = { kid: 'k1', ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }) };
    const refusal = await sydost.refusal(addClientKeyEndpoint, { params: { id: client.id }, body: { jwk } });
    expect(refusal).toMatchObject({
      code: 'invalid-input',
      faults: [{ pointer: '/body/jwk/d', code: 'private-key' }],
    });
    expect(JSON.stringify(refusal)).not.toContain(jwk.d);
    expect((await sydost.call(getApiClient, { params: { id: client.id } })).body.keys).toEqual([]);
  });

  test('uses an assertion exactly once, whoever of many asks, over two connections', async () => {
    const other = await connectTestBus(product);
    try {
      const expiresAt = new Date(Date.now() + 60_000).toISOString();
      const use = (client: TestBus, jti: string, clientId = 'c1') =>
        client.client.ask(useAssertion, { clientId, jti, expiresAt }, gateway);
      for (const jti of ['a', 'b', 'c'.repeat(255)]) {
        const asked = await Promise.all(
          Array.from({ length: 16 }, (_, index) => use(index % 2 ? bus : other, jti)),
        );
        expect(asked.filter(({ fresh }) => fresh)).toHaveLength(1);
      }
      // The same word from another client is another assertion.
      expect(await use(bus, 'a', 'c2')).toEqual({ fresh: true });
    } finally {
      await other.close();
    }
  });

  test('can be written to like those who hold its role', async () => {
    const client = await newClient({ region: 'jonkoping', email: 'api@jonkoping.example' });
    const asking = { actor: serviceActor('notifications') };
    const { recipients } = await asNotifications.client.ask(
      recipientsOf,
      { role: 'regionSystem', unit: 'jonkoping', on: '2026-11-24' },
      asking,
    );
    expect(recipients.map(({ id }) => id)).toEqual([client.subject, 'region-jonkoping-system']);
    const { recipients: named } = await asNotifications.client.ask(
      contactsOf,
      { ids: [client.subject, 'chef-kalmar'] },
      asking,
    );
    expect(named.map(({ email }) => email)).toEqual([
      'bjorn.akesson@kalmar.example',
      'api@jonkoping.example',
    ]);
  });
});

test('a restart keeps what was changed through the API, and makes nothing anew', async () => {
  const chef = await personBySubject('chef-jonkoping');
  const params = { id: chef?.id ?? '' };
  const { body: roles } = await sydost.call(listRoleAssignments, { query: { personId: params.id } });
  await sydost.call(changePersonEndpoint, {
    params,
    ifMatch: (await sydost.call(getPerson, { params })).revision ?? 0,
    body: { name: 'Cecilia Ström-Berg', email: null },
  });
  await sydost.call(endRoleAssignmentEndpoint, {
    params: { id: roles.items[0]?.id ?? '' },
    body: { reason: 'Slutat' },
  });
  const everything = async () => {
    const query = { limit: '200' } as never;
    const lists = [
      (await auditor.call(listPeople, { query })).body,
      (await auditor.call(listRoleAssignments, { query })).body,
      (await auditor.call(listOrganisations, { query })).body,
    ];
    return lists;
  };
  const before = await everything();
  await product.processes.get('directory')?.kill('SIGKILL');
  const after = await eventually(everything, 60_000);
  expect(after).toEqual(before);
  expect(await rolesOf('chef-jonkoping')).toEqual([]);
}, 120_000);
