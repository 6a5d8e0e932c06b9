import { z } from 'zod';
import { actorStamp } from './actor.ts';
import { instant, pageOf } from './primitives.ts';

/** One event of something's journal, as those who may see the thing read it. */
export const historyEntry = z
  .strictObject({
    seq: z.int(),
    type: z.string(),
    time: instant,
    actor: actorStamp,
    revision: z.int(),
    data: z.record(z.string(), z.unknown()),
    private: z.record(z.string(), z.unknown().meta({ personal: true })).nullable(),
    hash: z.string(),
    prevHash: z.string().nullable(),
  })
  .meta({ id: 'HistoryEntry' });
export type HistoryEntry = z.input<typeof historyEntry>;

/** Shared by everything that has a history: two schemas of one name could not both be described. */
export const historyPage = pageOf(historyEntry).meta({ id: 'HistoryPage' });
export type HistoryPage = z.input<typeof historyPage>;
