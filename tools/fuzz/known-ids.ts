import { type Api, type ApiAnswer } from '#libs/testing';
import { norrPlan, sydostPlan } from '../demo/plans.ts';
import { type FuzzRequest } from './requests.ts';

// Many at once are of no use: the newest are the likeliest to be in a state in which something can be done.
const most = 400;

/**
 * Ids of things that exist and may be broken: made for this run, or by it. The callers' own people, roles and
 * clients are not among them, so that nobody is shut out on the way.
 */
export class KnownIds {
  private constructor(private readonly ids: string[]) {}

  /** One of each kind. Errors: whatever keeps them from being made. */
  static async of(clients: Api): Promise<KnownIds> {
    const known = new KnownIds(['region-gotland', 'rcc-vast']);
    const make = async (caller: string, path: string, body: unknown): Promise<string> => {
      const answer = await clients.as(caller).post(path, body);
      if (answer.status > 299) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
      known.add(answer.body);
      return idIn(answer);
    };
    const kronor = { amount: '100000.00', currency: 'SEK' };
    const call = {
      rcc: 'sydost',
      title: 'Utlysning',
      opensOn: '2020-01-01',
      closesOn: '2099-12-31',
      frame: kronor,
    };
    const callId = await make('kansli-sydost', '/calls', { ...call, requiresSignOff: false });
    await make('kansli-sydost', `/calls/${callId}/publication`, {});
    await make('kansli-sydost', '/calls', call);
    for (const unit of ['Barnkliniken i Kalmar', 'Akuten']) {
      await make('region-kalmar-system', '/applications', {
        callId,
        region: 'kalmar',
        unit,
        title: 'Ett försök',
      });
    }
    await make('process-sydost', '/plan-imports', sydostPlan);
    await make('process-norr', '/plan-imports', norrPlan);
    const measure = { rcc: 'sydost', title: 'Mått', kind: 'count', source: 'Journal', direction: 'higher' };
    const measureId = await make('process-sydost', '/measures', { ...measure, periods: 'year' });
    const period = { from: '2025-01-01', to: '2025-12-31' };
    await make('process-sydost', '/observations', { measureId, unit: 'sydost', period, value: { count: 1 } });
    const person = { subject: 'fuzz', name: 'Ny Person', employers: [{ rcc: 'sydost', from: '2020-01-01' }] };
    const personId = await make('administrator', '/people', person);
    const role = { personId, role: 'rccReader', rcc: 'sydost', from: '2020-01-01' };
    await make('administrator', '/role-assignments', role);
    await make('administrator', '/api-clients', {
      name: 'Klient',
      region: 'kalmar',
      scopes: ['grants.read'],
    });
    const after = { event: 'decided', period: 'P100Y' };
    const rule = { title: 'Regel', documentType: 'application', after, decisionReference: 'RA' };
    const ruleId = await make('administrator', '/thinning-rules', rule);
    await make('administrator', `/thinning-rules/${ruleId}/runs`, {});
    return known;
  }

  add(body: unknown): void {
    const { id, planId } = (body ?? {}) as { id?: unknown; planId?: unknown };
    const found = id ?? planId;
    if (typeof found !== 'string') return;
    this.ids.push(found);
    // Those made first stay.
    if (this.ids.length > most) this.ids.splice(30, this.ids.length - most);
  }

  /** The request with ids in place of what stands for them. */
  settle(request: FuzzRequest): FuzzRequest {
    const settled = (text: string): string =>
      text.replaceAll(
        /known-(\d+)-id/g,
        (_match, number: string) => this.ids[Number(number) % this.ids.length] ?? '',
      );
    return {
      ...request,
      path: settled(request.path),
      body: request.body === undefined ? undefined : settled(request.body),
    };
  }
}

function idIn({ body }: ApiAnswer): string {
  return body.id ?? body.planId;
}
