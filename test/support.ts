import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type Api, type ApiAnswer, type ApiClient, type RequestOptions } from '#libs/testing';

/** An answer as JSON: what is in it is what the tests are about. */
export type Body = ApiAnswer['body'];

export const kronor = (amount: string) => ({ amount, currency: 'SEK' });

/** Decimal kronor as whole öre, so that sums are exact. */
export function oreOf(money: { amount: string }): number {
  const [whole = '0', rest = ''] = money.amount.split('.');
  return Number(whole) * 100 + Number(rest.padEnd(2, '0'));
}

/** What a region's system sends when it has everything. */
export function completeApplication(callId: string, region: string, more: Record<string, unknown> = {}) {
  return {
    callId,
    region,
    unit: 'Barn- och ungdomskliniken',
    title: 'Blodprov på vårdcentralen',
    contact: { name: 'Åsa Öst', email: `kontakt@${region}.example` },
    summary: 'Ett ettårigt förbättringsprojekt.',
    need: 'Familjer åker flera timmar för ett prov som tar fem minuter.',
    aims: [
      { text: 'Barn lämnar prov nära hemmet', indicator: 'Andel prov', baseline: '15 %', target: '60 %' },
    ],
    method: 'Två vårdcentraler utbildas.',
    period: { from: '2027-01-01', to: '2027-12-31' },
    budget: [{ line: 'salary', year: 2027, amount: kronor('1000.00') }],
    patientInvolvement: 'Två föräldrar läser planen.',
    spreading: 'Resultatet läggs ut öppet.',
    afterFunding: 'Kliniken tar över.',
    ...more,
  };
}

/** A published call that takes applications for long; the fields can be overridden. */
export async function publishedCall(office: ApiClient, more: Record<string, unknown> = {}): Promise<string> {
  const created = await insist(() =>
    office.post('/calls', {
      rcc: 'sydost',
      title: 'Utlysning',
      opensOn: '2020-01-01',
      closesOn: '2099-12-31',
      frame: kronor('1000000.00'),
      requiresSignOff: false,
      ...more,
    }),
  );
  expectStatus(created, 201);
  expectStatus(await insist(() => office.post(`/calls/${created.body.id}/publication`, {})), 200);
  return created.body.id;
}

/** Throws with the whole answer, which says more than a number that differs. */
export function expectStatus(answer: ApiAnswer, status: number): ApiAnswer {
  if (answer.status !== status)
    throw new Error(`expected ${status}, got ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer;
}

/**
 * Asks again while the answer is "try again later" or no answer at all, as a region's system does. A command
 * needs an Idempotency-Key for that. Every other answer is handed back, whatever it is.
 */
export async function insist(ask: () => Promise<ApiAnswer>, boundMs = 60_000): Promise<ApiAnswer> {
  for (const started = Date.now(); ; await delay(50 + Math.random() * 100)) {
    const answer = await ask().catch(() => undefined);
    if (answer && answer.status !== 503) return answer;
    if (Date.now() - started > boundMs) throw new Error('no answer within the bound');
  }
}

/** Clients that ask again as {@link insist} does; what changes something goes under a key, so that it is done once. */
export function patient(clients: Api): Api {
  const keyed = (options: RequestOptions = {}): RequestOptions => ({
    ...options,
    key: options.key ?? randomUUID(),
  });
  return {
    anonymous: clients.anonymous,
    as(clientId) {
      const client = clients.as(clientId);
      return {
        ...client,
        get: (path, options) => insist(() => client.get(path, options)),
        post: (path, body, options) => {
          const own = keyed(options);
          return insist(() => client.post(path, body, own));
        },
        patch: (path, body, options) => {
          const own = keyed(options);
          return insist(() => client.patch(path, body, own));
        },
      };
    },
  };
}

/** Every item of a list, page by page. */
export async function everything(client: ApiClient, path: string): Promise<Body[]> {
  const items: Body[] = [];
  for (let page = 1; ; page += 1) {
    const answer = await insist(() =>
      client.get(`${path}${path.includes('?') ? '&' : '?'}limit=200&page=${page}`),
    );
    expectStatus(answer, 200);
    items.push(...answer.body.items);
    if (answer.body.items.length === 0 || items.length >= answer.body.page.total) return items;
  }
}

/** Does the work for each number from 0, a few at a time, and gives the results in order. */
export async function severally<T>(
  count: number,
  atOnce: number,
  work: (number: number) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const number = next;
      next += 1;
      results[number] = await work(number);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, worker));
  return results;
}

/** Moves the product's clock to ten in the morning in Sweden (winter time) of a day; what is due happens. */
export async function goTo(clients: Api, day: string): Promise<void> {
  const now = `${day}T09:00:00Z`;
  expectStatus(await insist(() => clients.anonymous.post('/dev/clock', { now })), 200);
}

/** A mail as the demo mail catcher shows it. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

export async function mailsOf(clients: Api): Promise<Mail[]> {
  return expectStatus(await clients.anonymous.get('/dev/mail/messages'), 200).body.items;
}
