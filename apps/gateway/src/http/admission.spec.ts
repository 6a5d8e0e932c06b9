import { EventEmitter } from 'node:events';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { listApplications, type Actor } from '#libs/contracts';
import { createLogger, newSpan } from '#libs/platform';
import { usualLimits } from '../limits/limits.config.ts';
import { Limits } from '../limits/limits.ts';
import { Admission } from './admission.ts';
import { entryOf, setEntry } from './entry.ts';
import { type Reply, type Request } from './fastify.ts';

const actor: Actor = {
  id: 'region-kalmar-system',
  kind: 'system',
  assignments: [{ role: 'regionSystem', region: 'kalmar' }],
  employers: [],
};

/** One at a time of a region whose system is known. */
function admissionInTurn(): Admission {
  return new Admission({
    authenticator: {
      recall: () => ({ subject: actor.id, scopes: undefined, level: undefined }),
      actorOf: () => Promise.resolve(actor),
    } as never,
    requiredLevels: [],
    limits: new Limits({ ...usualLimits, together: 1 }, createLogger('test', 'silent')),
  });
}

function exchange() {
  const raw = Object.assign(new EventEmitter(), { closed: false, destroyed: false });
  const request = { headers: {}, query: {}, method: 'GET', routeOptions: {}, raw: {} } as unknown as Request;
  setEntry(request, { trace: newSpan(), answerBy: 0 });
  return { request, reply: { raw, header: () => undefined } as unknown as Reply, raw };
}

// The first request of a caller is counted for its tenant after the directory was asked, the others before.
test.each([1, 2])(
  'when answer %i is ready, or its caller is gone, the next of the tenant goes on',
  async (nth) => {
    for (const way of ['ready', 'gone']) {
      const admission = admissionInTurn();
      let before = exchange();
      await admission.admit(listApplications, before.request, before.reply);
      if (nth === 2) {
        before.raw.emit('close');
        before = exchange();
        await admission.admit(listApplications, before.request, before.reply);
      }
      const next = exchange();
      let isIn = false;
      const asked = admission.admit(listApplications, next.request, next.reply).then(() => (isIn = true));
      await turnOfTheLoop();
      expect([way, isIn]).toEqual([way, false]);
      if (way === 'ready') entryOf(before.request)?.endTurn?.();
      else before.raw.emit('close');
      await turnOfTheLoop();
      expect([way, isIn]).toEqual([way, true]);
      await asked;
    }
  },
);

test('whoever went away before its turn came gives it back at once', async () => {
  const admission = admissionInTurn();
  const first = exchange();
  await admission.admit(listApplications, first.request, first.reply);
  const gone = exchange();
  const asked = admission.admit(listApplications, gone.request, gone.reply);
  await turnOfTheLoop();
  Object.assign(gone.raw, { closed: true });
  const third = exchange();
  let isIn = false;
  const last = admission.admit(listApplications, third.request, third.reply).then(() => (isIn = true));
  first.raw.emit('close');
  await asked;
  await turnOfTheLoop();
  expect(isIn).toBe(true);
  await last;
});
