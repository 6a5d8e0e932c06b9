import { describe, expect, test } from '@jest/globals';
import { preferredLanguage } from './language.ts';

describe('the language of an error', () => {
  test.each([
    [undefined, 'sv'],
    ['', 'sv'],
    ['en', 'en'],
    ['en-GB,en;q=0.9', 'en'],
    ['sv,en;q=0.8', 'sv'],
    ['en;q=0.5, sv;q=0.5', 'sv'],
    ['sv;q=0.3, EN;q=0.4', 'en'],
    ['fi, de', 'sv'],
    ['en;q=0', 'sv'],
    ['en;q=abc', 'sv'],
    ['*', 'sv'],
  ])('Accept-Language %p gives %s', (header, language) => {
    expect(preferredLanguage(header)).toBe(language);
  });
});
