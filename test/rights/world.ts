import { mongo } from 'mongoose';
import { addDays, civilDayAt } from '#libs/calendar';
import { eventually, type Api, type ApiClient } from '#libs/testing';
import { norrPlan, sydostPlan } from '../../tools/demo/plans.ts';
import {
  completeApplication,
  everything,
  expectStatus,
  kronor,
  publishedCall,
  type Body,
} from '../support.ts';

/** As long as a real one, and nobody's. */
export const nobodys = '00000000-0000-7000-8000-000000000000';

/** What can be asked for by id. */
export type Kind =
  | 'call'
  | 'application'
  | 'deadline'
  | 'notification'
  | 'plan'
  | 'measure'
  | 'observation'
  | 'organisation'
  | 'person'
  | 'role-assignment'
  | 'api-client'
  | 'dead-letter'
  | 'thinning-rule'
  | 'thinning-run';

/**
 * Things of each kind by where they belong, seen from those of Kalmar and Sydöst who ask: `own`, `unit` (another
 * clinic of the own region), `region` (another region of the own RCC), `rcc` (another RCC); then the state, where
 * that matters.
 */
export type Things = Readonly<Record<string, string>>;

export interface World {
  readonly things: Readonly<Record<Kind, Things>>;
  /** Words that occur in one thing only, by the thing's id: nobody may read them who may not know of it. */
  readonly secrets: ReadonlyMap<string, string>;
  /** What the assessor's colleague wrote. */
  readonly colleaguesWords: string;
}

/** The regions of the world, by where they lie from Kalmar. */
export const places = {
  own: { region: 'kalmar', rcc: 'sydost', unit: 'Barnkliniken i Kalmar' },
  unit: { region: 'kalmar', rcc: 'sydost', unit: 'Akuten i Västervik' },
  region: { region: 'ostergotland', rcc: 'sydost', unit: 'Barnkliniken i Linköping' },
  rcc: { region: 'vasterbotten', rcc: 'norr', unit: 'Barnkliniken i Umeå' },
} as const;

// Within the days that a calendar shows, as long as the product's clock is the machine's.
const ends = { sydost: dayAfter(200), norr: dayAfter(201) };

function dayAfter(days: number): string {
  return addDays(civilDayAt(new Date()), days);
}

/** Something of every kind in Kalmar, Östergötland and Västerbotten, made through the API. */
export async function seedWorld(clients: Api, mongoUrl: string, databasePrefix = 'insats'): Promise<World> {
  const secrets = new Map<string, string>();
  const call = await seedCalls(clients);
  const application = await seedApplications(clients, call, secrets);
  const colleaguesWords = 'Kollegans-ord';
  const assessment = { scores: [], recommendation: 'grant', comment: colleaguesWords };
  const assessed = `/applications/${application['own.sent']}/assessments`;
  expectStatus(await clients.as('bedomare-sydost-2').post(assessed, assessment), 201);
  const followedUp = await seedFollowUp(clients);
  const { rule, run } = await seedThinning(clients.as('administrator'));
  const sent = Object.entries(application).filter(([name]) => name.endsWith('.sent'));
  return {
    things: {
      call,
      application,
      ...followedUp,
      ...(await seedDirectory(clients, secrets)),
      deadline: await deadlinesOf(clients.as('revisor'), call, application),
      notification: await receiptsOf(clients.as('revisor'), Object.fromEntries(sent)),
      'dead-letter': await seedDeadLetters(mongoUrl, databasePrefix),
      'thinning-rule': { any: rule },
      'thinning-run': { any: run },
    },
    secrets,
    colleaguesWords,
  };
}

async function seedCalls(clients: Api): Promise<Things> {
  const things: Record<string, string> = {};
  for (const [place, rcc] of [
    ['own', 'sydost'],
    ['rcc', 'norr'],
  ] as const) {
    const office = clients.as(`kansli-${rcc}`);
    const fields = { rcc, title: `Utlysning-${rcc}`, closesOn: ends[rcc] };
    things[`${place}.published`] = await publishedCall(office, fields);
    const draft = { ...fields, title: `Utkast-${rcc}`, opensOn: '2020-01-01', frame: kronor('1000.00') };
    things[`${place}.draft`] = expectStatus(await office.post('/calls', draft), 201).body.id;
  }
  return things;
}

async function seedApplications(clients: Api, calls: Things, secrets: Map<string, string>): Promise<Things> {
  const things: Record<string, string> = {};
  for (const [place, { region, rcc, unit }] of Object.entries(places)) {
    const own = clients.as(`region-${region}-system`);
    const callId = calls[rcc === 'norr' ? 'rcc.published' : 'own.published'] ?? '';
    for (const state of ['draft', 'sent']) {
      const name = `${place}.${state}`;
      const title = `Ansökan-${name}`;
      const body = completeApplication(callId, region, { title, unit });
      const { id } = expectStatus(await own.post('/applications', body), 201).body;
      if (state === 'sent') expectStatus(await own.post(`/applications/${id}/submission`, {}), 200);
      things[name] = id;
      secrets.set(id, title);
    }
  }
  return things;
}

async function seedFollowUp(clients: Api): Promise<Record<'plan' | 'measure' | 'observation', Things>> {
  const plan: Record<string, string> = {};
  const measure: Record<string, string> = {};
  const observation: Record<string, string> = {};
  for (const [place, rcc, source] of [
    ['own', 'sydost', sydostPlan],
    ['rcc', 'norr', norrPlan],
  ] as const) {
    const create = async (path: string, body: unknown): Promise<Body> =>
      expectStatus(await clients.as(`process-${rcc}`).post(path, body), 201).body;
    plan[place] = (await create('/plan-imports', source)).planId;
    const fields = { rcc, title: `Mått-${rcc}`, kind: 'count', source: 'Journal', direction: 'higher' };
    const { id: measureId } = await create('/measures', { ...fields, periods: 'year' });
    measure[place] = measureId;
    const period = { from: '2025-01-01', to: '2025-12-31' };
    const observed = { measureId, unit: rcc, period, value: { count: 7 } };
    observation[place] = (await create('/observations', observed)).id;
  }
  return { plan, measure, observation };
}

async function seedDirectory(
  clients: Api,
  secrets: Map<string, string>,
): Promise<Record<'organisation' | 'person' | 'role-assignment' | 'api-client', Things>> {
  const admin = clients.as('administrator');
  const person: Record<string, string> = {};
  const assignment: Record<string, string> = {};
  const client: Record<string, string> = {};
  for (const place of ['own', 'region', 'rcc'] as const) {
    const { region } = places[place];
    const [head] = (await admin.get(`/people?subject=chef-${region}`)).body.items;
    const [role] = (await admin.get(`/role-assignments?personId=${head.id}`)).body.items;
    const system = { name: `Klient-${region}`, region, scopes: ['grants.read'] };
    const { id } = expectStatus(await admin.post('/api-clients', system), 201).body;
    person[place] = head.id;
    assignment[place] = role.id;
    client[place] = id;
    secrets.set(id, system.name);
    secrets.set(head.id, head.email);
  }
  const organisation = { own: 'region-kalmar', region: 'region-ostergotland', rcc: 'region-vasterbotten' };
  return { organisation, person, 'role-assignment': assignment, 'api-client': client };
}

/** What was written of a thing once it has gone round the services; a call has one deadline for each region. */
async function deadlinesOf(auditor: ApiClient, calls: Things, applications: Things): Promise<Things> {
  const wanted = [
    ...(['own', 'region', 'rcc'] as const).map((place) => {
      const call = calls[place === 'rcc' ? 'rcc.published' : 'own.published'];
      return { name: `${place}.call`, subject: call, region: places[place].region };
    }),
    ...Object.entries(applications).map(([name, subject]) => ({ name, subject, region: undefined })),
  ];
  return eventually(async () => {
    const deadlines = await everything(auditor, '/deadlines');
    const found = wanted.map(({ name, subject, region }) => {
      const deadline = deadlines.find(
        (each) => each.subject.id === subject && (region === undefined || each.region === region),
      );
      if (!deadline) throw new Error(`no deadline of ${name} yet`);
      if (name.endsWith('.sent') && deadline.state !== 'met') throw new Error(`${name} is not met yet`);
      return [name, deadline.id as string] as const;
    });
    return Object.fromEntries(found);
  });
}

async function receiptsOf(auditor: ApiClient, applications: Things): Promise<Things> {
  return eventually(async () => {
    const mails = await everything(auditor, '/notifications');
    return Object.fromEntries(
      Object.entries(applications).map(([name, id]) => {
        const found = mails.find(({ subject }) => subject.id === id);
        if (!found) throw new Error(`no receipt of ${name} yet`);
        return [name, found.id as string];
      }),
    );
  });
}

/** The same in both services: a route says whose it asks for. */
const letters: Things = { own: 'letter-0b7c-own', rcc: 'letter-0b7c-rcc', unknown: 'letter-0b7c-unknown' };

/** A dead letter needs a fault of ours; here it is put where such a fault would put it, as replayed already. */
async function seedDeadLetters(mongoUrl: string, databasePrefix: string): Promise<Things> {
  const client = await new mongo.MongoClient(mongoUrl).connect();
  try {
    for (const service of ['applications', 'notifications']) {
      const letter = { consumer: 'c', event: { id: 'e', type: 't' }, reason: 'r', deliveries: 1 };
      const state = { state: 'replayed', at: new Date(), replayedAt: new Date() };
      const rccs = { own: { rcc: 'sydost' }, rcc: { rcc: 'norr' }, unknown: {} };
      await client
        .db(`${databasePrefix}_${service}`)
        .collection('dead-letters')
        .insertMany(
          Object.entries(rccs).map(([name, rcc]) => ({
            _id: letters[name],
            ...letter,
            ...state,
            ...rcc,
          })) as never,
        );
    }
  } finally {
    await client.close();
  }
  return letters;
}

/** A rule that has nothing to thin for a hundred years, and a run of it. */
async function seedThinning(admin: ApiClient): Promise<{ rule: string; run: string }> {
  const rule = {
    title: 'Gallring',
    documentType: 'application',
    after: { event: 'decided', period: 'P100Y' },
    decisionReference: 'RA-MS 2026:1',
  };
  const { id } = expectStatus(await admin.post('/thinning-rules', rule), 201).body;
  const run = expectStatus(await admin.post(`/thinning-rules/${id}/runs`, {}), 201).body;
  return { rule: id, run: run.id };
}
