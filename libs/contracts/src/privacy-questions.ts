import { z } from 'zod';
import { actor, actorStamp } from './actor.ts';
import { rpc, type ServiceName } from './endpoint.ts';
import { longestSubject } from './people.ts';
import { civilDay, identifier } from './primitives.ts';
import { personalItem } from './privacy.ts';
import { documentTypes, retention, thinnedThing } from './thinning.ts';

// What every service answers to the directory, which has asked for the caller's right.

/** What a service holds about somebody: a bounded part of its stores is looked through at a time. */
export function personalDataOf(service: ServiceName) {
  return rpc({
    service,
    name: 'privacy.personalData',
    callers: ['directory'],
    request: z.strictObject({
      ids: z.array(z.string().max(longestSubject)).max(10),
      emails: z.array(z.string().max(254)).max(10),
      /** Only what this one may read, in the RCC where he or she may read personal data; null: everything. */
      reader: actor.nullable(),
      after: z.string().nullable(),
    }),
    reply: z.strictObject({ items: z.array(personalItem), next: z.string().nullable() }),
  });
}

/** Thins, or merely says what would be, in a bounded part of what a rule reaches. */
export function thinningOf(service: ServiceName) {
  return rpc({
    service,
    name: 'privacy.thin',
    callers: ['directory'],
    writes: true,
    request: z.strictObject({
      documentType: z.enum(documentTypes),
      after: retention,
      /** Looked at as on this day. */
      on: civilDay,
      from: z.string().nullable(),
      limit: z.int().min(1).max(200),
      /** Null: a dry run. */
      run: z
        .strictObject({ id: identifier, ruleId: identifier, decisionReference: z.string(), by: actorStamp })
        .nullable(),
    }),
    reply: z.strictObject({ things: z.array(thinnedThing), next: z.string().nullable() }),
  });
}
export type ThinningRequest = z.output<ReturnType<typeof thinningOf>['request']>;
