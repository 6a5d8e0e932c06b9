import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { type Product } from '#libs/embedded';
import { api, type ApiClient } from '#libs/testing';
import { Description, type Operation } from './description.ts';
import { KnownIds } from './known-ids.ts';
import { manners, requestsFor, type FuzzRequest, type Manner } from './requests.ts';
import { ValidValues } from './values.ts';

/** Somebody in each of the roles. */
export const callers = [
  'sokande-kalmar',
  'chef-kalmar',
  'lasare-kalmar',
  'region-kalmar-system',
  'kansli-sydost',
  'bedomare-sydost-1',
  'beslut-sydost',
  'ekonom-sydost',
  'process-sydost',
  'lasare-sydost',
  'nationell',
  'lasare-nationell',
  'revisor',
  'administrator',
] as const;

export interface FuzzOptions {
  readonly requests: number;
  /** The same seed gives the same requests; the ids in them are those of the run. */
  readonly seed: number;
  readonly clients: number;
  /** Milliseconds after which no new request is sent; default: none. */
  readonly boundMs?: number;
  readonly log?: (line: string) => void;
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

export interface FuzzResult {
  readonly requests: number;
  readonly findings: readonly FuzzFinding[];
  /** How many answers had which status. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly manners: Readonly<Record<Manner, number>>;
  /** Operations of the description that were asked at least once, and that succeeded at least once. */
  readonly asked: number;
  readonly succeeded: number;
  readonly operations: number;
  /** Resident memory of the gateway in MB, median of the first and of the last third; null where it cannot be read. */
  readonly memory: { readonly first: number; readonly last: number } | null;
}

// A machine with much else to do is no fault of the product's: then it says so (503), and is asked again.
const tries = 5;
/** In place of a status, where there was no whole answer. */
const cutOff = 599;

interface Planned {
  readonly operation: Operation;
  readonly request: FuzzRequest;
  readonly caller: string;
}

/** Asks a product what its description says can be asked, and much else, and holds every answer to it. */
export async function fuzz(product: Product, options: FuzzOptions): Promise<FuzzResult> {
  const { requests, seed, clients, boundMs = Infinity, log } = options;
  const description = new Description();
  const asClients = api(product);
  const ids = await KnownIds.of(asClients);
  const plan = planOf(description, requests, seed);
  const findings: FuzzFinding[] = [];
  const statuses: Record<string, number> = {};
  const byManner = Object.fromEntries(manners.map((manner) => [manner, 0])) as Record<Manner, number>;
  const asked = new Set<string>();
  const succeeded = new Set<string>();
  const memory: number[] = [];
  const started = Date.now();
  let next = 0;

  const worker = async (): Promise<void> => {
    while (next < plan.length && Date.now() - started < boundMs) {
      const number = next;
      next += 1;
      const { operation, request: open, caller } = plan[number] as Planned;
      if (number % 100 === 0) note(memory, product);
      if (number % 2000 === 0) log?.(`${number} av ${plan.length}, ${findings.length} fynd`);
      const request = ids.settle(open);
      const answer = await ask(product, asClients.as(caller), operation, request);
      asked.add(operation.name);
      byManner[request.manner] += 1;
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
      if (answer.status < 300) succeeded.add(operation.name);
      if (answer.status === 201) ids.add(answer.body);
      const fault =
        answer.status >= 500
          ? `answered ${answer.status}`
          : description.faultOf(operation, answer.status, answer.mediaType, answer.body);
      if (fault === undefined) continue;
      const text = JSON.stringify(answer.body)?.slice(0, 1000) ?? '';
      findings.push({
        fault,
        caller,
        operation: operation.name,
        request,
        status: answer.status,
        answer: text,
      });
    }
  };
  await Promise.all(Array.from({ length: clients }, worker));
  return {
    requests: next,
    findings,
    statuses,
    manners: byManner,
    asked: asked.size,
    succeeded: succeeded.size,
    operations: description.operations.length,
    memory: thirdsOf(memory),
  };
}

function likelyCaller({ method, path }: Operation): string {
  if (path.endsWith('decisions')) return 'beslut-sydost';
  if (/(applications\/\{id\}\/assessments|conflict-declaration)$/.test(path)) return 'bedomare-sydost-1';
  if (/(sign-off|acceptance)$/.test(path)) return 'chef-kalmar';
  if (path.startsWith('/applications') && method !== 'GET') return 'region-kalmar-system';
  if (/^\/(plan|measures|observations|assessments)/.test(path)) return 'process-sydost';
  if (/^\/(people|role|api-clients|thinning|organisations)/.test(path)) return 'administrator';
  if (path.startsWith('/audit')) return 'revisor';
  return 'kansli-sydost';
}

/** All requests of a run, the operations mixed: each as every caller in turn. */
function planOf(description: Description, requests: number, seed: number): Planned[] {
  const values = new ValidValues(description.schemas);
  const { operations } = description;
  const each = Math.ceil(requests / operations.length);
  const samples = operations.map((operation, index) =>
    fc.sample(requestsFor(operation, values), { seed: seed + index, numRuns: each }),
  );
  const plan = Array.from({ length: each }, (_, round) =>
    operations.map((operation, index) => ({
      operation,
      request: samples[index]?.[round] as FuzzRequest,
      // As everybody in turn, and every other time as somebody who may: else most would end with a 403.
      caller: round % 2 === 0 ? likelyCaller(operation) : (callers[(round >> 1) % callers.length] as string),
    })),
  );
  return plan.flat().slice(0, requests);
}

interface Answer {
  readonly status: number;
  readonly mediaType: string;
  readonly body: unknown;
}

async function ask(
  product: Product,
  client: ApiClient,
  { method }: Operation,
  { path, headers, body }: FuzzRequest,
): Promise<Answer> {
  const authorization = `Bearer ${await client.token()}`;
  const init = {
    method,
    headers: { authorization, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body }),
  };
  for (let attempt = 1; ; attempt += 1) {
    const answer = await once(`${product.url}/insats/v1${path}`, init);
    if ((answer.status !== 503 && answer.status !== cutOff) || attempt === tries) return answer;
    await delay(200 * attempt);
  }
}

async function once(url: string, init: RequestInit): Promise<Answer> {
  try {
    const response = await fetch(url, init);
    const text = await response.text();
    const mediaType = (response.headers.get('content-type') ?? '').split(';')[0] ?? '';
    return { status: response.status, mediaType, body: parsed(text, mediaType) };
  } catch (error) {
    // A file that could not be read to its end is broken off, since its status is sent already.
    if (error instanceof TypeError) return { status: cutOff, mediaType: '', body: String(error.cause) };
    throw error;
  }
}

/** Lines of JSON are a text as a whole. */
function parsed(text: string, mediaType: string): unknown {
  return /^application\/(.+\+)?json$/.test(mediaType) ? JSON.parse(text) : text;
}

/** Adds the gateway's resident memory in MB, where the system tells it. */
function note(memory: number[], product: Product): void {
  const pid = product.processes.get('gateway')?.pid;
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    if (kilobytes !== undefined) memory.push(Number(kilobytes) / 1024);
  } catch {
    // Not a system with /proc.
  }
}

function thirdsOf(memory: readonly number[]): FuzzResult['memory'] {
  const third = Math.floor(memory.length / 3);
  if (third < 2) return null;
  return { first: medianOf(memory.slice(0, third)), last: medianOf(memory.slice(-third)) };
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
