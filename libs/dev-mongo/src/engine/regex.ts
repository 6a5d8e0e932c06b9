import { mongoError } from './errors.ts';

// MongoDB matches with PCRE in UTF mode. The pattern is translated token by token into a JavaScript
// pattern with the `u` flag; where the two differ, the translation spells PCRE's meaning out, and
// what has no equivalent is refused.

const spaceSet = '\\t\\n\\v\\f\\r ';
const notSpaceSet = '\\0-\\x08\\x0e-\\x1f\\x21-\\u{10ffff}';
const horizontalSet = '\\t \\xa0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000';
const verticalSet = '\\n\\v\\f\\r\\x85\\u2028\\u2029';
const categoryPattern = /^(?:L[ulmto]?|M[nce]?|N[dlo]?|P[cdfiseo]?|S[mcko]?|Z[slp]?|C[cfons]?)$/;

const posixClasses: Record<string, string> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: 'A-Za-z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: spaceSet,
  blank: ' \\t',
  punct: '!-\\/:-@\\[-`\\{-~',
  xdigit: '0-9A-Fa-f',
  word: '\\w',
  cntrl: '\\0-\\x1f\\x7f',
  print: ' -~',
  graph: '!-~',
};

const cache = new Map<string, RegExp>();

/**
 * Makes a JavaScript regular expression of a PCRE pattern with the options i, m, s, x and u.
 *
 * @throws MongoError 51091 for an invalid pattern, 51108 for an unknown option, 238 for PCRE syntax
 *   that is not supported
 */
export function compileRegex(pattern: string, options: string): RegExp {
  const cacheKey = `${options}/${pattern}`;
  let regex = cache.get(cacheKey);
  if (!regex) {
    regex = translate(pattern, options);
    if (cache.size > 1000) cache.clear();
    cache.set(cacheKey, regex);
  }
  return regex;
}

function invalid(reason: string): Error {
  return mongoError(51091, `Regular expression is invalid: ${reason}`);
}

function refused(what: string): Error {
  return mongoError(238, `regular expression syntax ${what} is not supported by dev-mongo`);
}

function translate(pattern: string, options: string): RegExp {
  for (const option of options) {
    if (!'imsxu'.includes(option)) throw mongoError(51108, `invalid flag in regex options: ${option}`);
  }
  if (pattern.includes('\0')) throw mongoError(2, 'Regular expression cannot contain an embedded null byte');
  const inline = /^\(\?([imsx]+)\)/.exec(pattern);
  const flags = options + (inline?.[1] ?? '');
  const translator = new Translator(inline ? pattern.slice(inline[0].length) : pattern, flags);
  const source = translator.run();
  try {
    return new RegExp(source, flags.includes('i') ? 'iu' : 'u');
  } catch (error) {
    throw invalid((error as Error).message);
  }
}

class Translator {
  private position = 0;
  private output = '';
  private readonly multiline: boolean;
  private readonly dotAll: boolean;
  private readonly extended: boolean;

  constructor(
    private readonly pattern: string,
    flags: string,
  ) {
    this.multiline = flags.includes('m');
    this.dotAll = flags.includes('s');
    this.extended = flags.includes('x');
  }

  run(): string {
    while (this.position < this.pattern.length) this.token();
    return this.output;
  }

  private token(): void {
    const char = String.fromCodePoint(this.pattern.codePointAt(this.position)!);
    this.position += char.length;
    switch (char) {
      case '\\':
        this.escape();
        return;
      case '[':
        this.characterClass();
        return;
      case '(':
        this.group();
        return;
      case '.':
        this.output += this.dotAll ? '[\\s\\S]' : '[^\\n]';
        return;
      case '^':
        this.output += this.multiline ? '(?:^|(?<=\\n)(?=[\\s\\S]))' : '(?:^)';
        return;
      case '$':
        this.output += this.multiline ? '(?=\\n|$)' : '(?=\\n?$)';
        return;
      case '*':
      case '+':
      case '?':
        this.quantifier(char);
        return;
      case '{':
        this.brace();
        return;
      case '}':
      case ']':
      case '/':
        this.output += `\\${char}`;
        return;
      case '#':
        if (this.extended) this.comment();
        else this.output += char;
        return;
      default:
        if (!(this.extended && /[ \t\n\v\f\r]/.test(char))) this.output += char;
    }
  }

  private comment(): void {
    const end = this.pattern.indexOf('\n', this.position);
    this.position = end < 0 ? this.pattern.length : end + 1;
  }

  private quantifier(text: string): void {
    this.output += text;
    const next = this.pattern[this.position];
    if (next === '+') throw refused(`possessive quantifier ${text}+`);
    if (next === '?') {
      this.output += '?';
      this.position += 1;
    }
  }

  private brace(): void {
    const match = /^\{(\d+)(,\d*)?\}/.exec(this.pattern.slice(this.position - 1));
    if (match) {
      this.position += match[0].length - 1;
      this.quantifier(match[0]);
      return;
    }
    if (/^\{\s*,/.test(this.pattern.slice(this.position - 1))) throw refused('{,n}');
    this.output += '\\{';
  }

  private group(): void {
    const rest = this.pattern.slice(this.position);
    if (rest.startsWith('*')) throw refused('(*');
    if (!rest.startsWith('?')) {
      this.output += '(';
      return;
    }
    const comment = /^\?#[^)]*\)/.exec(rest);
    if (comment) {
      this.position += comment[0].length;
      return;
    }
    const opening = /^\?(?:[:=!]|<[=!]|P?<([A-Za-z_]\w*)>)/.exec(rest);
    if (!opening) throw refused(`(${rest.slice(0, 3)}`);
    this.position += opening[0].length;
    this.output += opening[1] ? `(?<${opening[1]}>` : `(${opening[0]}`;
  }

  private escape(): void {
    const char = this.pattern[this.position];
    if (char === undefined) throw invalid('\\ at end of pattern');
    this.position += 1;
    switch (char) {
      case 'A':
        this.output += '(?:^)';
        return;
      case 'z':
        this.output += '(?:$)';
        return;
      case 'Z':
        this.output += '(?=\\n?$)';
        return;
      case 'b':
      case 'B':
        this.output += `\\${char}`;
        return;
      case 'N':
        this.output += '[^\\n]';
        return;
      case 'R':
        this.output += `(?:\\r\\n|[${verticalSet}])`;
        return;
      case 'Q': {
        const end = this.pattern.indexOf('\\E', this.position);
        const text = this.pattern.slice(this.position, end < 0 ? undefined : end);
        this.output += text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
        this.position = end < 0 ? this.pattern.length : end + 2;
        return;
      }
      case 'E':
        return;
      default:
        if (/[1-9]/.test(char)) throw refused(`back reference \\${char}`);
        this.output += this.sharedEscape(char, false);
    }
  }

  /** Escapes that mean the same inside and outside a character class. */
  private sharedEscape(char: string, inClass: boolean): string {
    const wrap = (set: string, negated = false): string => {
      if (!inClass) return `[${negated ? '^' : ''}${set}]`;
      if (negated) throw refused(`\\${char} in a character class`);
      return set;
    };
    switch (char) {
      case 'd':
      case 'D':
      case 'w':
      case 'W':
      case 'n':
      case 'r':
      case 't':
      case 'f':
        return `\\${char}`;
      case 's':
        return wrap(spaceSet);
      case 'S':
        return wrap(notSpaceSet);
      case 'h':
        return wrap(horizontalSet);
      case 'H':
        return wrap(horizontalSet, true);
      case 'v':
        return wrap(verticalSet);
      case 'V':
        return wrap(verticalSet, true);
      case 'a':
        return '\\x07';
      case 'e':
        return '\\x1b';
      case 'x':
        return this.hexadecimal();
      case 'p':
      case 'P':
        return this.property(char);
      case '0': {
        const octal = /^[0-7]{0,2}/.exec(this.pattern.slice(this.position))![0];
        this.position += octal.length;
        return codePoint(Number.parseInt(`0${octal}`, 8));
      }
      default:
        if (/[A-Za-z0-9]/.test(char)) throw refused(`\\${char}`);
        return literal(char);
    }
  }

  private hexadecimal(): string {
    const match = /^(?:\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{0,2}))/.exec(this.pattern.slice(this.position))!;
    this.position += match[0].length;
    return codePoint(Number.parseInt(match[1] ?? `0${match[2]}`, 16));
  }

  private property(char: string): string {
    const match = /^(?:\{(\^?)([^}]*)\}|([A-Za-z]))/.exec(this.pattern.slice(this.position));
    const name = match?.[2] ?? match?.[3] ?? '';
    if (!match || !categoryPattern.test(name)) throw refused(`\\${char}{${name}}`);
    this.position += match[0].length;
    const negated = (char === 'P') !== (match[1] === '^');
    return `\\${negated ? 'P' : 'p'}{${name}}`;
  }

  private characterClass(): void {
    let result = '[';
    if (this.pattern[this.position] === '^') {
      result += '^';
      this.position += 1;
    }
    for (let first = true; ; first = false) {
      const code = this.pattern.codePointAt(this.position);
      if (code === undefined) throw invalid('missing terminating ] for character class');
      const char = String.fromCodePoint(code);
      this.position += char.length;
      if (char === ']' && !first) break;
      result += this.classItem(char);
    }
    this.output += `${result}]`;
  }

  private classItem(char: string): string {
    if (char === '[') {
      const posix = /^:(\^?)(\w+):\]/.exec(this.pattern.slice(this.position));
      if (posix) {
        const set = posixClasses[posix[2]!];
        if (set === undefined || posix[1]) throw refused(`[${posix[0]}`);
        this.position += posix[0].length;
        return set;
      }
      if (/^[.=]/.test(this.pattern.slice(this.position))) throw refused('collating element');
      return '\\[';
    }
    if (char === '\\') {
      const escaped = this.pattern[this.position];
      if (escaped === undefined) throw invalid('\\ at end of pattern');
      this.position += 1;
      if (escaped === 'b') return '\\x08';
      if (/[1-9QENRB]/.test(escaped)) throw refused(`\\${escaped} in a character class`);
      return this.sharedEscape(escaped, true);
    }
    return char === '-' ? '-' : literal(char);
  }
}

function codePoint(code: number): string {
  if (code > 0x10ffff) throw invalid('character code point value in \\x{} is too large');
  return `\\u{${code.toString(16)}}`;
}

function literal(char: string): string {
  return /[\\^$.*+?()[\]{}|/-]/.test(char) ? (char === '-' ? '\\x2d' : `\\${char}`) : char;
}
