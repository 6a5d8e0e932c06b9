import { expect, test } from '@jest/globals';
import { DomainError, noticesAtOnce } from '#libs/contracts';
import { ApplicationNotices } from './application-notices.service.ts';

/** The owner of applications, who knows all whose ids begin with `known`, and stumbles over `bad`. */
function owner(away = false) {
  const asked: (readonly string[])[] = [];
  const ask = async (_contract: unknown, { ids }: { ids: readonly string[] }) => {
    asked.push(ids);
    if (away) throw new DomainError('unavailable', { params: { seconds: 2 } });
    if (ids.includes('bad')) throw new DomainError('internal-error');
    return { notices: ids.filter((id) => id.startsWith('known')).map((id) => ({ id })) };
  };
  return { asked, notices: new ApplicationNotices({ ask } as never) };
}

const outcomes = async (notices: ApplicationNotices, ids: readonly string[]): Promise<string[]> => {
  const settled = await Promise.allSettled(ids.map((id) => notices.of(id)));
  return settled.map((each) => (each.status === 'fulfilled' ? each.value.id : each.reason.code));
};

test('what is asked in the same moment is asked once, and each asker gets its own', async () => {
  const { asked, notices } = owner();
  expect(await outcomes(notices, ['known-2', 'known-1', 'unknown', 'known-2'])).toEqual([
    'known-2',
    'known-1',
    'not-found',
    'known-2',
  ]);
  expect(asked).toEqual([['known-2', 'known-1', 'unknown']]);
});

test('no question is about more than its contract allows', async () => {
  const { asked, notices } = owner();
  const ids = Array.from({ length: 2 * noticesAtOnce + 1 }, (_, index) => `known-${index}`);
  expect(await outcomes(notices, ids)).toEqual(ids);
  expect(asked.map(({ length }) => length)).toEqual([noticesAtOnce, noticesAtOnce, 1]);
});

test('one of which the owner cannot tell does not keep the others from being told of', async () => {
  const { notices } = owner();
  expect(await outcomes(notices, ['known-1', 'bad', 'known-2'])).toEqual([
    'known-1',
    'internal-error',
    'known-2',
  ]);
});

test('an owner that is away is not asked again for each', async () => {
  const { asked, notices } = owner(true);
  expect(await outcomes(notices, ['known-1', 'known-2'])).toEqual(['unavailable', 'unavailable']);
  expect(asked).toHaveLength(1);
});
