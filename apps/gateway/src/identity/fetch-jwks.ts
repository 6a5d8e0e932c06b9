import { type JSONWebKeySet } from 'jose';

/** Milliseconds: a caller waits, and must have an answer within three seconds. */
const timeout = 2000;
/** Far above what any provider publishes. */
const sizeLimit = 256 * 1024;

/**
 * Fetches an issuer's keys (RFC 7517, 5). Follows no redirects: the address is configured, and whoever could
 * lead us elsewhere would say who may come in. Symmetric keys are passed over, which nobody may publish.
 */
export async function fetchJwks(url: URL): Promise<JSONWebKeySet> {
  const response = await fetch(url, {
    redirect: 'error',
    signal: AbortSignal.timeout(timeout),
    headers: { accept: 'application/json, application/jwk-set+json' },
  });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`the keys' address answers ${response.status}`);
  }
  const { keys } = JSON.parse(await boundedText(response)) as { keys?: unknown };
  if (!Array.isArray(keys)) throw new Error("the keys' address answers no key set");
  return { keys: keys.filter(isPublicKey) };
}

function isPublicKey(key: unknown): key is JSONWebKeySet['keys'][number] {
  return (
    typeof key === 'object' && key !== null && ['OKP', 'EC', 'RSA'].includes((key as { kty: string }).kty)
  );
}

async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > sizeLimit) throw new Error('the key set is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
