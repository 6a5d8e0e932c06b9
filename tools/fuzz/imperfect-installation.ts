import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';
import { demoOrganisations } from '../../apps/directory/src/demo/organisations.ts';
import { NatsStrategy, Poison } from '#libs/messaging';
import { poisonedDay, unrecordedRegions } from './imperfections.ts';

// Loaded before each process of the product that is fuzzed, for operations that the demonstration leaves no room
// for: all organisations are recorded in it, and no consumer ever fails. The product has no such switch.

const organisations = demoOrganisations as (typeof demoOrganisations)[number][];
const left = organisations.filter(({ code }) => !unrecordedRegions.includes(code));
organisations.splice(0, organisations.length, ...left);

interface Inner {
  take(message: Message, consumer: string, extras: unknown, handler: unknown): Promise<void>;
  refuse(message: Message, consumer: string, event: unknown, error: unknown): Promise<void>;
}
interface Message {
  string(): string;
  json(): unknown;
}

const strategy = NatsStrategy.prototype as unknown as Inner;
const { take } = strategy;
strategy.take = function taken(this: Inner, message, consumer, extras, handler) {
  if (!message.string().includes(poisonedDay)) return take.call(this, message, consumer, extras, handler);
  return this.refuse(message, consumer, message.json(), new Poison('refused for the fuzz'));
};

// Whoever yields the processor to all else (ADR 0017) gets none of it on a machine that does much else, and then
// nothing would be learned of its answers. Where it cannot be set, nothing is yielded.
os.setPriority = () => {
  throw new Error('not here');
};
syncBuiltinESMExports();
