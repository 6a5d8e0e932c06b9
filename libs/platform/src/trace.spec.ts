import { describe, expect, test } from '@jest/globals';
import { currentScope, runInScope } from './scope.ts';
import { newSpan, parseTraceparent, traceparent } from './trace.ts';

const header = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

describe('traceparent', () => {
  test('is read and written as the recommendation has it', () => {
    const trace = parseTraceparent(header);
    expect(trace).toEqual({
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      spanId: '00f067aa0ba902b7',
      flags: '01',
    });
    expect(traceparent(trace!)).toBe(header);
  });

  test.each([
    ['none', undefined],
    ['an empty one', ''],
    ['an all-zero trace id', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`],
    ['an all-zero span id', `00-4bf92f3577b34da6a3ce929d0e0e4736-${'0'.repeat(16)}-01`],
    ['capitals', header.toUpperCase()],
    ['too short an id', '00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01'],
    ['the forbidden version', `ff${header.slice(2)}`],
    ['a line break that would start another header', `${header}\r\nx: y`],
    ['more in version 00', `${header}-01`],
    ['words', 'min egen spårning'],
  ])('with %s gives no trace, so that a new one starts', (_name, value) => {
    expect(parseTraceparent(value)).toBeUndefined();
  });
});

describe('a new span', () => {
  test('of nobody starts a trace of its own', () => {
    const [one, two] = [newSpan(), newSpan()];
    expect(one.traceId).not.toBe(two.traceId);
    for (const span of [one, two]) expect(parseTraceparent(traceparent(span))).toEqual(span);
  });

  test('below a parent keeps trace and flags, with an id of its own', () => {
    const parent = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), flags: '00' };
    const child = newSpan(parent);
    expect(child).toMatchObject({ traceId: parent.traceId, flags: '00' });
    expect(child.spanId).not.toBe(parent.spanId);
  });
});

describe('the scope of a request', () => {
  test('is found everywhere below, across awaits and beside other requests, and not outside', async () => {
    const seen = await Promise.all(
      ['one', 'two'].map((actorId) =>
        runInScope({ trace: newSpan(), actorId }, async () => {
          await new Promise((resolve) => setTimeout(resolve, 5));
          return currentScope()?.actorId;
        }),
      ),
    );
    expect(seen).toEqual(['one', 'two']);
    expect(currentScope()).toBeUndefined();
  });
});
