import { rccCodes, type RccCode } from '#libs/contracts';
import { entryOf } from '../http/entry.ts';
import { type Request } from '../http/fastify.ts';

const known: ReadonlySet<unknown> = new Set(rccCodes);

/** Keeps for the access log whose things an answer tells of. */
export function noteRccs(request: Request, body: unknown): void {
  const entry = entryOf(request);
  if (entry) entry.rccs = rccsIn(body);
}

/** The RCC that an answer names: of one thing, or of the things in a list. */
export function rccsIn(body: unknown): RccCode[] {
  if (typeof body !== 'object' || body === null) return [];
  const { items } = body as { items?: unknown };
  const things: unknown[] = Array.isArray(items) ? items : [body];
  const found = new Set<unknown>();
  for (const thing of things) {
    if (typeof thing !== 'object' || thing === null) continue;
    const { rcc, rccs, region, state } = thing as Record<string, unknown>;
    // A region's draft is its own working paper: the office must not learn of it by who read it.
    if (state === 'draft' && region !== undefined) continue;
    found.add(rcc);
    if (Array.isArray(rccs)) for (const each of rccs) found.add(each);
  }
  return [...found].filter((each): each is RccCode => known.has(each));
}
