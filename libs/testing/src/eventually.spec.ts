import { expect, test } from '@jest/globals';
import { eventually } from './eventually.ts';

test('what becomes true later is waited for, and its value given', async () => {
  let calls = 0;
  const value = await eventually(() => {
    calls += 1;
    return calls === 3 ? 'klart' : undefined;
  });
  expect(value).toBe('klart');
});

test('an assertion that holds later is waited for', async () => {
  let calls = 0;
  await eventually(() => {
    calls += 1;
    expect(calls).toBe(2);
    return true;
  });
  expect(calls).toBe(2);
});

test('zero and null are values, not a reason to wait', async () => {
  expect(await eventually(() => 0)).toBe(0);
  expect(await eventually(() => null)).toBeNull();
});

test('what never becomes true fails with the last reason', async () => {
  const failing = eventually(() => {
    throw new Error('inget brev');
  }, 120);
  await expect(failing).rejects.toThrow('inget brev');
});
