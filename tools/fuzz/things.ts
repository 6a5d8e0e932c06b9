import { generateKeyPairSync } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually, type Api, type ApiAnswer } from '#libs/testing';
import { norrPlan } from '../demo/plans.ts';
import { collectionOf, type KnownIds } from './known-ids.ts';

const kronor = { amount: '1000.00', currency: 'SEK' };
// As long as it is quick to read a call with all that has been decided on it.
const applicationsOfACall = 40;
// A machine may have much else to do.
const boundMs = 60_000;

/** What a thing is asked about by. */
export interface Made {
  readonly id: string;
  /** As its ETag has it, without the quotation marks. */
  readonly revision: string;
}

/** Makes things in a state in which something certain can be done to them. */
export class Things {
  private number = 0;
  private call: { id: string; left: number } | undefined;

  constructor(
    private readonly clients: Api,
    private readonly known: KnownIds,
  ) {}

  /** A text that nothing else has. */
  unique(): string {
    this.number += 1;
    return `fuzz-${this.number}`;
  }

  async draftCall(): Promise<Made> {
    return this.make('kansli-sydost', '/calls', {
      rcc: 'sydost',
      title: 'Utlysning',
      opensOn: '2020-01-01',
      closesOn: '2099-12-31',
      frame: { amount: '1000000000.00', currency: 'SEK' },
      criteria: [{ id: 'nytta', title: 'Nytta', scale: { min: 0, max: 5 } }],
      requiresSignOff: false,
    });
  }

  async publishedCall(): Promise<Made> {
    const { id } = await this.draftCall();
    return this.command('kansli-sydost', `/calls/${id}/publication`, {});
  }

  /** Complete, so that it can be signed and submitted. */
  async draftApplication(callId?: string): Promise<Made> {
    const title = 'Ett försök';
    return this.make('region-kalmar-system', '/applications', {
      callId: callId ?? (await this.sharedCall()),
      region: 'kalmar',
      unit: 'Barnkliniken i Kalmar',
      title,
      contact: { name: 'Maj Ek', email: 'maj.ek@kalmar.example' },
      summary: title,
      need: title,
      aims: [{ text: title }],
      method: title,
      period: { from: '2027-01-01', to: '2027-12-31' },
      budget: [{ line: 'salary', year: 2027, amount: kronor }],
      patientInvolvement: title,
      spreading: title,
      afterFunding: title,
    });
  }

  async submittedApplication(callId?: string): Promise<Made> {
    const { id } = await this.draftApplication(callId);
    return this.command('region-kalmar-system', `/applications/${id}/submission`, {});
  }

  async grantedApplication(): Promise<Made> {
    const callId = await this.sharedCall();
    const { id } = await this.submittedApplication(callId);
    await this.command('beslut-sydost', `/calls/${callId}/decisions`, {
      decidedOn: '2026-11-24',
      decidedBy: 'Chefen',
      outcomes: [{ applicationId: id, outcome: 'granted', amount: kronor, reason: 'Bra' }],
    });
    return this.read('region-kalmar-system', `/applications/${id}`);
  }

  async acceptedApplication(): Promise<Made> {
    const { id } = await this.grantedApplication();
    return this.command('chef-kalmar', `/applications/${id}/acceptance`, { accepted: true });
  }

  /** Of an accepted grant, and the application's revision since. */
  async requisition(): Promise<Made & { readonly requisitionId: string }> {
    const { id } = await this.acceptedApplication();
    const path = `/applications/${id}/requisitions`;
    const { id: requisitionId, revision } = await this.command('region-kalmar-system', path, {
      amount: kronor,
    });
    return { id, revision, requisitionId };
  }

  /** Prepared, so that it can be attested. */
  async payment(): Promise<Made & { readonly paymentId: string }> {
    const { id, requisitionId } = await this.requisition();
    const path = `/applications/${id}/payments`;
    const { id: paymentId, revision } = await this.command('kansli-sydost', path, { requisitionId });
    return { id, revision, paymentId };
  }

  async measure(): Promise<Made> {
    const measure = { rcc: 'sydost', title: 'Mått', kind: 'count', source: 'Journal', direction: 'higher' };
    return this.make('process-sydost', '/measures', { ...measure, periods: 'year' });
  }

  async observation(measureId: string): Promise<Made> {
    const period = { from: '2025-01-01', to: '2025-12-31' };
    const body = { measureId, unit: 'sydost', period, value: { count: 1 } };
    return this.make('process-sydost', '/observations', body);
  }

  /** A plan and one of its goals. */
  async plan(): Promise<{ planId: string; goalId: string }> {
    // Sydöst's plan holds activities alone, Norr's goals too.
    const body = { ...norrPlan, rcc: 'sydost' };
    const { planId } = (await this.ask('process-sydost', 'POST', '/plan-imports', body)).body;
    this.known.add('plans', planId);
    const goals = (await this.ask('process-sydost', 'GET', `/plans/${planId}/goals`)).body.items;
    return { planId, goalId: goals[0].id };
  }

  async person(): Promise<Made> {
    const employers = [{ rcc: 'sydost', from: '2020-01-01' }];
    const body = { subject: this.unique(), name: 'Ny Person', employers };
    return this.make('administrator', '/people', body);
  }

  async role(from = '2020-01-01'): Promise<Made> {
    const { id: personId } = await this.person();
    return this.make('administrator', '/role-assignments', {
      personId,
      role: 'rccReader',
      rcc: 'sydost',
      from,
    });
  }

  async apiClient(): Promise<Made> {
    const body = { name: 'Klient', region: 'kalmar', scopes: ['grants.read'] };
    return this.make('administrator', '/api-clients', body);
  }

  async key(clientId: string): Promise<Made & { readonly kid: string }> {
    const kid = this.unique();
    const { x } = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
    const jwk = { kty: 'OKP', crv: 'Ed25519', kid, x };
    return { ...(await this.command('administrator', `/api-clients/${clientId}/keys`, { jwk })), kid };
  }

  async thinningRule(): Promise<Made> {
    const after = { event: 'decided', period: 'P100Y' };
    const body = { title: 'Regel', documentType: 'application', after, decisionReference: 'RA' };
    return this.make('administrator', '/thinning-rules', body);
  }

  async thinningRun(ruleId: string): Promise<Made> {
    return this.make('administrator', `/thinning-rules/${ruleId}/runs`, {}, 'thinning-runs');
  }

  /** Of everything made so far, as far as they are known already; at least one. */
  async deadlines(): Promise<void> {
    const items = await eventually(async () =>
      nonEmpty(
        (await this.ask('kansli-sydost', 'GET', '/deadlines?limit=200')).body.items as { id: string }[],
      ),
    );
    for (const { id } of items) this.known.add('deadlines', id);
  }

  /** Events that their consumers refused, of the two services that have dead letters: see imperfect-installation.ts. */
  async poison(day: string): Promise<void> {
    const { id } = await this.publishedCall();
    const extension = { closesOn: day, reason: 'Fuzz' };
    await this.command('kansli-sydost', `/calls/${id}/closing-extension`, extension);
  }

  async waitingLetters(service: string): Promise<string[]> {
    const { body } = await this.ask('kansli-sydost', 'GET', `/dead-letters/${service}?limit=200`);
    return body.items.flatMap(({ id, state }: { id: string; state: string }) =>
      state === 'waiting' ? [id] : [],
    );
  }

  async read(caller: string, path: string): Promise<Made> {
    return madeFrom(await this.ask(caller, 'GET', path));
  }

  /** Sizes of the sealed log, oldest first, at least two of them, and a call that the last one has taken in. */
  async sealed(): Promise<{ sizes: number[]; callId: string }> {
    const sizes = async (): Promise<number[]> =>
      (await this.ask('revisor', 'GET', '/audit/roots')).body.items.map(
        ({ treeSize }: { treeSize: number }) => treeSize,
      );
    const before = await eventually(async () => nonEmpty(await sizes()), boundMs);
    // Without anything new there would be no new root.
    const { id: callId } = await this.publishedCall();
    await this.ask('kansli-sydost', 'POST', '/dev/clock', { advance: 'PT1H' });
    const proof = `/audit/inclusion-proofs?service=applications&aggregate=${callId}&seq=1`;
    const after = await eventually(async () => {
      await this.ask('revisor', 'GET', proof);
      const now = await sizes();
      return now.length > before.length && now.toReversed();
    }, boundMs);
    return { sizes: after, callId };
  }

  private async sharedCall(): Promise<string> {
    if (!this.call || this.call.left === 0) {
      // At once, so that others who ask meanwhile make none of their own but for the very first ones.
      this.call = { id: (await this.publishedCall()).id, left: applicationsOfACall };
    }
    this.call.left -= 1;
    return this.call.id;
  }

  private async make(
    caller: string,
    path: string,
    body: unknown,
    collection = collectionOf({ path }),
  ): Promise<Made> {
    const made = madeFrom(await this.ask(caller, 'POST', path, body));
    this.known.add(collection, made.id);
    return made;
  }

  private async command(caller: string, path: string, body: unknown): Promise<Made> {
    return madeFrom(await this.ask(caller, 'POST', path, body));
  }

  /** A machine with much else to do answers "try again later": then it is asked again, under the same key. */
  private async ask(caller: string, method: string, path: string, body?: unknown): Promise<ApiAnswer> {
    const key = method === 'GET' ? undefined : this.unique();
    const client = this.clients.as(caller);
    for (const started = Date.now(); ; await delay(300)) {
      const answer = await client.send(method, path, body, { key });
      if (answer.status < 300) return answer;
      if (answer.status !== 503 || Date.now() - started > boundMs)
        throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    }
  }
}

function madeFrom({ body, headers }: ApiAnswer): Made {
  return { id: body.id, revision: /\d+/.exec(headers.get('etag') ?? '')?.[0] ?? '' };
}

function nonEmpty<T>(list: T[]): T[] | false {
  return list.length > 0 && list;
}
