import fc from 'fast-check';
import { type Product } from '#libs/embedded';
import { api } from '#libs/testing';
import { ask, type Answer } from './ask.ts';
import { callers, rightCaller } from './callers.ts';
import { Description, type Operation } from './description.ts';
import { collectionOf, KnownIds } from './known-ids.ts';
import { MemoryWatch, type Growth } from './memory.ts';
import {
  fittingRequestsFor,
  manners,
  requestsFor,
  settledRequest,
  type FuzzRequest,
  type Manner,
} from './requests.ts';
import { Scenes, type Scene } from './scenes.ts';
import { Things } from './things.ts';
import { type Known } from './placeholders.ts';
import { ValidValues } from './values.ts';

export interface FuzzOptions {
  readonly requests: number;
  /** The same seed gives the same requests; the ids in them are those of the run. */
  readonly seed: number;
  readonly clients: number;
  /** Milliseconds after which no new request is sent, once each operation has succeeded; default: none. */
  readonly boundMs?: number;
  readonly log?: (line: string) => void;
  /** Told at once: a run may take an hour. */
  readonly onFinding?: (finding: FuzzFinding) => void;
}

/** An answer that should not have been given, with all that is needed to ask again. */
export interface FuzzFinding {
  readonly fault: string;
  readonly caller: string;
  readonly operation: string;
  readonly request: FuzzRequest;
  readonly status: number;
  readonly answer: string;
}

/** How often an operation was asked as it should be by somebody who may, and how often that succeeded. */
export interface Success {
  readonly operation: string;
  asked: number;
  succeeded: number;
  /** The last other answer. */
  refusal?: string;
}

export interface FuzzResult {
  readonly requests: number;
  readonly findings: readonly FuzzFinding[];
  /** How many answers had which status. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly manners: Readonly<Record<Manner, number>>;
  /** Of every operation of the description. */
  readonly successes: readonly Success[];
  /** Operations that were never answered with success, whoever asked. */
  readonly neverSucceeded: readonly string[];
  /** Of the gateway and each service, as far as the system tells. */
  readonly memory: Readonly<Record<string, Growth>>;
}

interface Planned {
  readonly operation: Operation;
  readonly request: FuzzRequest;
  readonly caller: string;
}

/** After so many of each operation, none is waited for to succeed. */
const mostRounds = 6;

/**
 * Asks a product what its description says can be asked, and much else, and holds every answer to it. The product
 * must have been started with imperfect-installation.ts.
 */
export async function fuzz(product: Product, options: FuzzOptions): Promise<FuzzResult> {
  const run = await FuzzRun.on(product, options);
  return run.toEnd();
}

class FuzzRun {
  private readonly clients;
  private readonly plan: readonly Planned[];
  private readonly findings: FuzzFinding[] = [];
  private readonly statuses: Record<string, number> = {};
  private readonly byManner = Object.fromEntries(manners.map((manner) => [manner, 0])) as Record<
    Manner,
    number
  >;
  private readonly successes: ReadonlyMap<string, Success>;
  private readonly succeeded = new Set<string>();
  private readonly memory = new MemoryWatch();
  private next = 0;

  private constructor(
    private readonly product: Product,
    private readonly options: FuzzOptions,
    private readonly description: Description,
    private readonly ids: KnownIds,
    private readonly scenes: Scenes,
  ) {
    this.clients = api(product);
    this.plan = planOf(description, options);
    this.successes = new Map(
      description.operations.map(({ name }) => [name, { operation: name, asked: 0, succeeded: 0 }]),
    );
  }

  static async on(product: Product, options: FuzzOptions): Promise<FuzzRun> {
    const ids = new KnownIds();
    const things = new Things(api(product), ids);
    await oneOfEach(things);
    const sealed = await things.sealed();
    return new FuzzRun(product, options, new Description(), ids, new Scenes(things, sealed));
  }

  async toEnd(): Promise<FuzzResult> {
    const { clients, boundMs = Infinity } = this.options;
    const { operations } = this.description;
    const started = Date.now();
    const worker = async (): Promise<void> => {
      while (this.next < this.plan.length) {
        if (this.hasSucceededEnough() && Date.now() - started > boundMs) return;
        const number = this.next;
        this.next += 1;
        if (number % 100 === 0) this.memory.note(this.product);
        if (number % 2000 === 0)
          this.options.log?.(`${number} av ${this.plan.length}, ${this.findings.length} fynd`);
        await this.carryOut(this.plan[number] as Planned);
      }
    };
    await Promise.all(Array.from({ length: clients }, worker));
    return {
      requests: this.next,
      findings: this.findings,
      statuses: this.statuses,
      manners: this.byManner,
      successes: [...this.successes.values()],
      neverSucceeded: operations.map(({ name }) => name).filter((name) => !this.succeeded.has(name)),
      memory: this.memory.growth(),
    };
  }

  /** A single refusal may come of what somebody else did at the same moment: so each is tried some times. */
  private hasSucceededEnough(): boolean {
    const { length } = this.description.operations;
    return this.next >= length && (this.succeeded.size === length || this.next >= mostRounds * length);
  }

  private async carryOut({ operation, request: open, caller }: Planned): Promise<void> {
    const hasScene = open.manner === 'fitting' || open.manner === 'nearly valid';
    const scene = hasScene ? await this.scenes.for(operation) : undefined;
    const request = settledRequest(open, this.known(operation, scene, open));
    const answer = await ask(this.product, this.clients.as(caller), operation, request);
    this.byManner[request.manner] += 1;
    this.statuses[answer.status] = (this.statuses[answer.status] ?? 0) + 1;
    const isFitting = request.manner === 'fitting' && caller === rightCaller(operation);
    if (isFitting) this.countSuccess(operation, answer);
    this.learn(operation, answer, scene, isFitting);
    const fault = this.faultOf(operation, answer);
    if (fault === undefined) return;
    const text = JSON.stringify(answer.body)?.slice(0, 1000) ?? '';
    const finding = {
      fault,
      caller,
      operation: operation.name,
      request,
      status: answer.status,
      answer: text,
    };
    this.findings.push(finding);
    this.options.onFinding?.(finding);
  }

  private known(operation: Operation, scene: Scene | undefined, { manner }: FuzzRequest): Known {
    const collection = collectionOf(operation);
    const isFitting = manner === 'fitting';
    return (name, number) => scene?.[name] ?? this.ids.forField(name, { collection, number, isFitting });
  }

  private learn(operation: Operation, answer: Answer, scene: Scene | undefined, isFitting: boolean): void {
    if (answer.status < 300) {
      this.succeeded.add(operation.name);
      for (const { collection, id } of thingsIn(operation, answer)) this.ids.add(collection, id);
    } else if (scene && !isFitting) this.scenes.giveBack(operation, scene);
  }

  private countSuccess({ name }: Operation, { status, body }: Answer): void {
    const success = this.successes.get(name) as Success;
    success.asked += 1;
    if (status < 300) success.succeeded += 1;
    else success.refusal = `${status} ${JSON.stringify(body)}`.slice(0, 500);
  }

  private faultOf(operation: Operation, { status, mediaType, body }: Answer): string | undefined {
    return status >= 500
      ? `answered ${status}`
      : this.description.faultOf(operation, status, mediaType, body);
  }
}

/** So that what only reads has something to read from the first request on. */
async function oneOfEach(things: Things): Promise<void> {
  await things.draftCall();
  await things.submittedApplication();
  await things.grantedApplication();
  await things.plan();
  const { id: measureId } = await things.measure();
  await things.observation(measureId);
  await things.role();
  await things.apiClient();
  const { id: ruleId } = await things.thinningRule();
  await things.thinningRun(ruleId);
  await things.deadlines();
}

/** What an answer tells of that can be asked for by id from now on. */
function thingsIn(operation: Operation, { status, body }: Answer): { collection: string; id: string }[] {
  const { id, planId, items } = (body ?? {}) as { id?: unknown; planId?: unknown; items?: unknown };
  // Of other lists nothing is learned: the callers themselves are in some of them.
  if (operation.name === 'GET /deadlines')
    return (items as { id: string }[]).map((item) => ({ collection: 'deadlines', id: item.id }));
  const made = id ?? planId;
  if (status !== 201 || typeof made !== 'string') return [];
  if (operation.path.endsWith('/runs')) return [{ collection: 'thinning-runs', id: made }];
  // What is made inside of another thing, such as an assessment, cannot be asked for by itself.
  return operation.path.includes('{') ? [] : [{ collection: collectionOf(operation), id: made }];
}

/**
 * All requests of a run, the operations mixed. Each is asked first as it should be, by somebody who may: else much
 * would never be done on what succeeds.
 */
function planOf(description: Description, { requests, seed }: FuzzOptions): Planned[] {
  const values = new ValidValues(description.schemas);
  const { operations } = description;
  const rounds = Math.ceil(requests / operations.length);
  const samples = operations.map((operation, index) => [
    ...fc.sample(fittingRequestsFor(operation, values), { seed: seed + index, numRuns: 1 }),
    ...fc.sample(requestsFor(operation, values), { seed: seed + index, numRuns: rounds }),
  ]);
  const plan = Array.from({ length: rounds }, (_, round) =>
    operations.map((operation, index) => ({
      operation,
      request: samples[index]?.[round] as FuzzRequest,
      // As everybody in turn, and every other time as somebody who may: else most would end with a 403.
      caller: round % 2 === 0 ? rightCaller(operation) : (callers[(round >> 1) % callers.length] as string),
    })),
  );
  return plan.flat().slice(0, requests);
}
