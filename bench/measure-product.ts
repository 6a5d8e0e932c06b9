import { type Product } from '#libs/embedded';
import { api } from '#libs/testing';
import { httpClient, measure, type Answer, type Run } from './load.ts';
import { cpuMilliseconds } from './process-usage.ts';
import { sampleApplication } from './sample.ts';

export interface ProductFigures {
  readonly createOne: Run;
  readonly createMany: Run;
  readonly submitOne: Run;
  readonly submitMany: Run;
  readonly readOne: Run;
  readonly readPage: Run;
  /** Milliseconds per submission under 32 clients, by process, with all that follows from it. */
  readonly cpu: ReadonlyMap<string, number>;
}

function expectStatus(answer: Answer, status: number): void {
  if (answer.status !== status)
    throw new Error(`expected ${status}, got ${answer.status}: ${JSON.stringify(answer.body)}`);
}

/** A published call whose applications need no sign-off, so that creating and submitting are all there is. */
async function openCall(product: Product): Promise<string> {
  const office = api(product).as('kansli-sydost');
  const created = await office.post('/calls', {
    rcc: 'sydost',
    title: 'Mätning',
    purpose: 'Genomströmning',
    opensOn: '2026-01-01',
    closesOn: '2099-12-31',
    frame: { amount: '999999999.00', currency: 'SEK' },
    themes: [{ id: 'prov', title: 'Prov' }],
    requiresSignOff: false,
  });
  expectStatus(created, 201);
  const { id } = created.body as { id: string };
  const etag = created.headers.get('etag') ?? undefined;
  expectStatus(await office.post(`/calls/${id}/publication`, {}, { ifMatch: etag }), 200);
  return id;
}

/** Until the relay, the consumers and the mail that follow from the submissions have done their work. */
async function settled(product: Product): Promise<void> {
  let before = totalCpu(product);
  for (let round = 0; round < 60; round += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const after = totalCpu(product);
    // Less than what eight idle processes use for their rounds, health checks and heartbeats.
    if (after - before < 300) return;
    before = after;
  }
}

/** Submissions that a product is asked for, some at a time. */
export interface Submissions {
  /** Milliseconds of processor time a second that the product uses while nobody asks for anything. */
  readonly idleCpu: number;
  /** Makes so many under 32 clients and waits for all that follows from them. Submissions a second, without the wait. */
  make(count: number): Promise<number>;
}

/** A product that has `count` applications ready to be submitted, and has warmed up. */
export async function prepareSubmissions(product: Product, count: number): Promise<Submissions> {
  const { create, submit } = await applicant(product);
  await measure(count + 200, 32, create);
  await settled(product);
  await measure(200, 8, submit);
  await settled(product);
  const [before, begun] = [totalCpu(product), performance.now()];
  await new Promise((resolve) => setTimeout(resolve, 5000));
  const idleCpu = ((totalCpu(product) - before) / (performance.now() - begun)) * 1000;
  return {
    idleCpu,
    async make(some) {
      const { perSecond } = await measure(some, 32, submit);
      await settled(product);
      return perSecond;
    },
  };
}

/** Milliseconds of processor time that all processes of a product have used. */
export function totalCpu(product: Product): number {
  return [...product.processes.values()].reduce(
    (sum, { pid }) => sum + (pid === undefined ? 0 : cpuMilliseconds(pid)),
    0,
  );
}

/** A region's system that creates applications to one call and submits them, one after the other. */
async function applicant(product: Product) {
  const callId = await openCall(product);
  const token = await api(product).as('region-kalmar-system').token();
  const http = httpClient(`${product.url}/insats/v1`);
  const ids: string[] = [];
  let creations = 0;
  const create = async (): Promise<void> => {
    creations += 1;
    const answer = await http('POST', '/applications', {
      body: sampleApplication(callId, 'kalmar'),
      token,
      key: `bench-create-${creations}`,
    });
    expectStatus(answer, 201);
    ids.push(String(answer.body['id']));
  };
  let submissions = 0;
  const submit = async (): Promise<void> => {
    const id = ids[submissions];
    submissions += 1;
    expectStatus(
      await http('POST', `/applications/${id}/submission`, {
        body: {},
        token,
        key: `bench-submit-${submissions}`,
      }),
      200,
    );
  };
  return { create, submit, ids, http, token };
}

export async function measureProduct(
  product: Product,
  counts: { one: number; many: number },
): Promise<ProductFigures> {
  const { create, submit, ids, http, token } = await applicant(product);
  await measure(200, 8, create);
  const createOne = await measure(counts.one, 1, create);
  const createMany = await measure(counts.many, 32, create);
  await settled(product);
  await measure(200, 8, submit);
  await settled(product);
  const submitOne = await measure(counts.one, 1, submit);
  await settled(product);
  const usage = (): Map<string, number> =>
    new Map(
      [...product.processes].map(([name, { pid }]) => [name, pid === undefined ? 0 : cpuMilliseconds(pid)]),
    );
  const before = usage();
  const submitMany = await measure(counts.many, 32, submit);
  await settled(product);
  const cpu = new Map(
    [...usage()].map(([name, used]) => [name, (used - (before.get(name) ?? 0)) / counts.many]),
  );
  const readOne = await measure(counts.many, 32, async (index) => {
    expectStatus(await http('GET', `/applications/${ids[index % ids.length]}`, { token }), 200);
  });
  const readPage = await measure(Math.ceil(counts.many / 4), 32, async () => {
    expectStatus(await http('GET', '/applications?limit=20', { token }), 200);
  });
  return { createOne, createMany, submitOne, submitMany, readOne, readPage, cpu };
}
