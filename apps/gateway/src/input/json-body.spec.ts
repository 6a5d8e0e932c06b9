import { describe, expect, test } from '@jest/globals';
import { DomainError } from '#libs/contracts';
import { depthLimit, parseJsonBody } from './json-body.ts';

const codeOf = (bytes: Buffer): string => {
  try {
    parseJsonBody(bytes);
    return 'accepted';
  } catch (error) {
    return error instanceof DomainError ? error.code : String(error);
  }
};

const nested = (levels: number, open = '[', close = ']'): Buffer =>
  Buffer.from(open.repeat(levels) + (open === '[' ? '' : '1') + close.repeat(levels));

describe('a JSON body', () => {
  test('is read as it is', () => {
    const text = '{"a":[1,"å",null,{"b":true}]}';
    expect(parseJsonBody(Buffer.from(text))).toEqual({ value: JSON.parse(text), poisoned: [] });
  });

  test('that is empty is none', () => {
    expect(parseJsonBody(Buffer.alloc(0)).value).toBeUndefined();
  });

  test.each(['{"a":', '{a:1}', "{'a':1}", '{"a":1}}', 'NaN', '{"a":01}', '\u0000', '{"a":"\n"}'])(
    'that is not JSON is refused: %p',
    (text) => {
      expect(codeOf(Buffer.from(text))).toBe('malformed-json');
    },
  );

  test('that is not UTF-8 is refused', () => {
    expect(codeOf(Buffer.from('{"a":"\xe5"}', 'latin1'))).toBe('malformed-json');
    expect(codeOf(Buffer.from([0x22, 0xc3, 0x22]))).toBe('malformed-json');
  });

  test('may be nested up to the limit and no deeper', () => {
    expect(codeOf(nested(depthLimit))).toBe('accepted');
    expect(codeOf(nested(depthLimit + 1))).toBe('too-deep');
    expect(codeOf(nested(depthLimit, '{"a":', '}'))).toBe('accepted');
    expect(codeOf(nested(depthLimit + 1, '{"a":', '}'))).toBe('too-deep');
  });

  test('half a million levels deep is refused, not fatal', () => {
    expect(codeOf(nested(500_000))).toBe('too-deep');
  });

  test('with keys that would reach a prototype pollutes nothing and tells where they are', () => {
    const { value, poisoned } = parseJsonBody(
      Buffer.from('{"__proto__":{"admin":true},"rows":[{"a/b":{"__proto__":1}}]}'),
    );
    expect(poisoned).toEqual(['/__proto__', '/rows/0/a~1b/__proto__']);
    expect(Object.hasOwn(value as object, '__proto__')).toBe(true);
    expect(({} as { admin?: unknown }).admin).toBeUndefined();
  });
});
