import { describe, expect, test } from '@jest/globals';

import { compileRegex } from './regex.ts';
import { errorCode } from './spec-values.ts';

describe('a PCRE pattern', () => {
  const table: [string, string, string, string, boolean][] = [
    ['literal', 'a.c', '', 'xabcx', true],
    ['i with Swedish letters', 'åre', 'i', 'ÅRE', true],
    ['without i', 'åre', '', 'ÅRE', false],
    ['. is not a line feed', 'a.b', '', 'a\nb', false],
    ['. is a carriage return', 'a.b', '', 'a\rb', true],
    ['s lets . be a line feed', 'a.b', 's', 'a\nb', true],
    ['. is one character beyond the BMP', '^.$', '', '\u{1f600}', true],
    ['$ also before a last line feed', 'b$', '', 'ab\n', true],
    ['$ not before two line feeds', 'b$', '', 'ab\n\n', false],
    ['^ only at the beginning', '^b', '', 'a\nb', false],
    ['m lets ^ be after a line feed', '^b', 'm', 'a\nb', true],
    ['m does not know a carriage return as line end', '^b', 'm', 'a\rb', false],
    ['m: ^ not after the last line feed', 'a\\n^$', 'm', 'a\n', false],
    ['m lets $ be before a line feed', 'a$', 'm', 'a\nb', true],
    ['x leaves out space and comments', 'a b # c\n c', 'x', 'abc', true],
    ['x keeps escaped space', 'a\\ b', 'x', 'a b', true],
    ['x keeps space in classes', '[ ]', 'x', ' ', true],
    ['\\A', '\\Ab', 'm', 'a\nb', false],
    ['\\z', 'b\\z', '', 'b\n', false],
    ['\\Z', 'b\\Z', '', 'b\n', true],
    ['\\s is ASCII space', '^\\s$', '', '\u00a0', false],
    ['\\s is a vertical tab', '^\\s$', '', '\v', true],
    ['\\S outside ASCII space', '^\\S$', '', '\u00a0', true],
    ['[\\s\\S]', '^[\\s\\S]$', '', '\n', true],
    ['\\d', '^\\d+$', '', '123', true],
    ['\\h', 'a\\hb', '', 'a\tb', true],
    ['\\v is any line end', 'a\\vb', '', 'a\u2028b', true],
    ['\\R', 'a\\Rb', '', 'a\r\nb', true],
    ['\\x41', '\\x41', '', 'A', true],
    ['\\x{e5}', '\\x{e5}', '', 'å', true],
    ['\\Q…\\E', '\\Qa.b*\\E', '', 'a.b*', true],
    ['\\Q…\\E is literal', '\\Qa.b\\E', '', 'axb', false],
    ['escaped punctuation', '\\-\\@\\_\\/', '', '-@_/', true],
    ['{ alone is literal', 'a{b', '', 'a{b', true],
    ['a quantifier', '^a{2,3}$', '', 'aaa', true],
    ['a lazy quantifier', '^a+?b', '', 'aab', true],
    ['] alone is literal', 'a]', '', 'a]', true],
    ['] first in a class', '[]a]', '', ']', true],
    ['[ in a class', '[[]', '', '[', true],
    ['- at the end of a class', '[a-]', '', '-', true],
    ['a POSIX class', '^[[:alpha:]]+$', '', 'abc', true],
    ['a negated class', '^[^a-c]$', '', 'd', true],
    ['a named group', '(?P<n>a)b', '', 'ab', true],
    ['a lookahead', 'a(?=b)', '', 'ab', true],
    ['a lookbehind', '(?<!a)b', '', 'ab', false],
    ['options at the beginning', '(?i)abc', '', 'ABC', true],
    ['a comment', 'a(?#note)b', '', 'ab', true],
    ['a property', '^\\p{Lu}$', '', 'Å', true],
    ['a property of one letter', '^\\pL$', '', 'å', true],
    ['a word boundary', '\\bkal\\b', '', 'x kal y', true],
    ['alternatives', '^(?:a|b)$', '', 'b', true],
  ];
  test.each(table)('%s', (_name, pattern, options, text, expected) => {
    expect(compileRegex(pattern, options).test(text)).toBe(expected);
  });

  const refused: [string, string, string, number][] = [
    ['a possessive quantifier', 'a++', '', 238],
    ['an atomic group', '(?>a)', '', 238],
    ['a back reference', '(a)\\1', '', 238],
    ['recursion', '(?R)', '', 238],
    ['a conditional', '(?(1)a)', '', 238],
    ['options in the middle', 'a(?i)b', '', 238],
    ['\\K', 'a\\Kb', '', 238],
    ['a script name', '\\p{Greek}', '', 238],
    ['an unclosed group', '(a', '', 51091],
    ['an unclosed class', '[a', '', 51091],
    ['a quantifier of nothing', '*a', '', 51091],
    ['an unknown option', 'a', 'g', 51108],
    ['a null byte', 'a\0', '', 2],
  ];
  test.each(refused)('%s is refused', (_name, pattern, options, code) => {
    expect(errorCode(() => compileRegex(pattern, options))).toBe(code);
  });
});
