import { setTimeout as delay } from 'node:timers/promises';
import { type Product } from '#libs/embedded';
import { api, startTestProduct, type ApiAnswer, type ApiClient } from '#libs/testing';
import { killInTurn, type Kills } from './kills.ts';
import { inspect, type Findings } from './inspection.ts';

export interface ChaosOptions {
  /** Submissions to bring through. */
  readonly operations: number;
  readonly clients: number;
  /** Milliseconds of peace between two kills. */
  readonly pause: number;
  /** Named fail points and their probability, see libs/platform/src/fail-points.ts. */
  readonly failPoints: string;
  readonly log?: (line: string) => void;
}

export interface ChaosResult extends Findings {
  readonly operations: number;
  readonly kills: number;
  /** Seconds from a kill until the whole product can do its job again, 95th percentile. */
  readonly recoveryP95: number;
}

/** What a client was told, and therefore relies on. */
export interface Acknowledged {
  readonly id: string;
  readonly reference: string;
  readonly submittedAt: string;
  /** Address to which the receipt goes. */
  readonly contact: string;
}

const giveUpAfter = 120_000;

/**
 * Repeats a request under its key until it is answered, as a region's system must: an outage, a lost
 * connection and "try again" are no answers. Anything else than success is a finding.
 */
async function insist(ask: () => Promise<ApiAnswer>, signal?: AbortSignal): Promise<ApiAnswer> {
  const started = Date.now();
  for (;;) {
    signal?.throwIfAborted();
    const answer = await ask().catch(() => undefined);
    if (answer && (answer.status === 200 || answer.status === 201)) return answer;
    const passing = !answer || answer.status === 503 || answer.status === 429;
    if (!passing) throw new Error(`unexpected answer ${answer.status}: ${JSON.stringify(answer.body)}`);
    if (Date.now() - started > giveUpAfter) throw new Error('no answer within two minutes');
    await delay(50 + Math.random() * 150);
  }
}

const regions = ['kalmar', 'jonkoping', 'ostergotland'] as const;

function sentence(words: string): string {
  return `${words} under störda förhållanden.`;
}

function application(callId: string, region: string, number: number) {
  return {
    callId,
    region,
    unit: 'Barnkliniken',
    title: `Prov ${number}`,
    contact: { name: 'Test Testsson', email: `mottagare-${number}@${region}.example` },
    summary: sentence('Prov'),
    need: sentence('Behov'),
    aims: [{ text: sentence('Mål') }],
    method: sentence('Arbete'),
    period: { from: '2027-01-01', to: '2027-12-31' },
    budget: [{ line: 'other', year: 2027, amount: { amount: '1000.00', currency: 'SEK' } }],
    patientInvolvement: sentence('Medverkan'),
    spreading: sentence('Spridning'),
    afterFunding: sentence('Fortsättning'),
  };
}

async function openCall(office: ApiClient): Promise<string> {
  const created = await insist(() =>
    office.post(
      '/calls',
      {
        rcc: 'sydost',
        title: 'Störningsprov',
        opensOn: '2026-01-01',
        closesOn: '2099-12-31',
        frame: { amount: '999999999.00', currency: 'SEK' },
        requiresSignOff: false,
      },
      { key: 'chaos-call' },
    ),
  );
  await insist(() => office.post(`/calls/${created.body.id}/publication`, {}, { key: 'chaos-publication' }));
  return created.body.id;
}

/** Brings submissions through while every part is killed, then looks at what is there. */
export async function chaos(options: ChaosOptions): Promise<ChaosResult> {
  const log = options.log ?? (() => undefined);
  const product = await startTestProduct({
    sharedDatabase: false,
    env: { LOG_LEVEL: 'warn', INSATS_FAIL_POINTS: options.failPoints },
  });
  try {
    const http = api(product);
    const callId = await openCall(http.as('kansli-sydost'));
    const acknowledged: Acknowledged[] = [];
    let next = 0;
    const stop = new AbortController();
    const client = async (): Promise<void> => {
      while (next < options.operations) {
        const number = next;
        next += 1;
        const region = regions[number % regions.length] ?? 'kalmar';
        const system = http.as(`region-${region}-system`);
        const created = await insist(
          () =>
            system.post('/applications', application(callId, region, number), { key: `create-${number}` }),
          stop.signal,
        );
        const { id } = created.body;
        const submitted = await insist(
          () => system.post(`/applications/${id}/submission`, {}, { key: `submit-${number}` }),
          stop.signal,
        );
        acknowledged.push({
          id,
          reference: submitted.body.reference,
          submittedAt: submitted.body.submittedAt,
          contact: submitted.body.contact.email,
        });
        if (acknowledged.length % 100 === 0) log(`${acknowledged.length} submissions acknowledged`);
      }
    };
    // Whichever side fails ends the other: no client insists on a product that did not come back.
    const either = <T>(side: Promise<T>): Promise<T> => side.finally(() => stop.abort());
    const [kills] = await Promise.all([
      either(killInTurn(product, options.pause, stop.signal, log)),
      either(Promise.all(Array.from({ length: options.clients }, client))),
    ]);
    await product.waitUntilReady(60_000);
    const findings = await inspect(product, callId, acknowledged, log);
    return {
      operations: acknowledged.length,
      kills: kills.count + failPointDeaths(product, kills),
      recoveryP95: kills.recoveryP95,
      ...findings,
    };
  } finally {
    await product.stop();
  }
}

/** Deaths at fail points: every restart that was not one of our kills. */
function failPointDeaths(product: Product, kills: Kills): number {
  const restarts = [...product.processes.values()].reduce((sum, process) => sum + process.restarts, 0);
  return Math.max(0, restarts - kills.count);
}
