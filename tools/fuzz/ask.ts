import { setTimeout as delay } from 'node:timers/promises';
import { type Product } from '#libs/embedded';
import { type ApiClient } from '#libs/testing';
import { type Operation } from './description.ts';
import { type FuzzRequest } from './requests.ts';

// A machine with much else to do is no fault of the product's: then it says so (503), and is asked again.
const boundMs = 60_000;
/** In place of a status, where there was no whole answer. */
const cutOff = 599;

export interface Answer {
  readonly status: number;
  readonly mediaType: string;
  readonly body: unknown;
}

export async function ask(
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
  for (const started = Date.now(); ; await delay(300)) {
    const answer = await once(`${product.url}/insats/v1${path}`, init);
    if (answer.status !== 503 && answer.status !== cutOff) return answer;
    if (Date.now() - started > boundMs) return answer;
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
