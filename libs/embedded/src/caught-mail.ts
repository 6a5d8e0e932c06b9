import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { simpleParser } from 'mailparser';
import type { AddressObject, ParsedMail } from 'mailparser';

export interface CaughtMail {
  id: number;
  /** Bare addresses, separated by comma and space. */
  to: string;
  /** Bare address. */
  from: string;
  subject: string;
  text: string;
  html?: string;
  /** By name in lower case; a header that occurs several times is joined by line breaks. */
  headers: Record<string, string>;
  attachments: { filename: string; contentType: string; size: number }[];
  /** RFC 3339, UTC. */
  receivedAt: string;
}

/** Mails in the order in which they came, kept in a file with one JSON line for each. */
export interface MailStore {
  all(): CaughtMail[];
  /** Resolves to the stored mail; it is on the disk when this returns. */
  add(mail: Omit<CaughtMail, 'id'>): CaughtMail;
  clear(): void;
  close(): void;
}

/** Opens the file, also one whose last line was cut off by a crash (that mail was never acknowledged). */
export function openMailStore(file: string): MailStore {
  mkdirSync(dirname(file), { recursive: true });
  const descriptor = openSync(file, 'a+');
  const text = readFileSync(file, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole.length < text.length) truncateSync(file, Buffer.byteLength(whole));
  let mails = whole
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as CaughtMail);
  let lastId = mails.at(-1)?.id ?? 0;
  return {
    all: () => mails,
    add(content) {
      const mail = { id: (lastId += 1), ...content };
      writeSync(descriptor, `${JSON.stringify(mail)}\n`);
      fsyncSync(descriptor);
      mails.push(mail);
      return mail;
    },
    clear() {
      truncateSync(file);
      mails = [];
    },
    close: () => closeSync(descriptor),
  };
}

/** What a raw mail says; the envelope's recipients stand in where it names none (blind copies). */
export async function parseMail(
  raw: Buffer,
  recipients: string[],
  receivedAt: Date,
): Promise<Omit<CaughtMail, 'id'>> {
  const parsed = await simpleParser(raw, { skipHtmlToText: true, skipImageLinks: true });
  return {
    to: addresses(parsed.to) || recipients.join(', '),
    from: addresses(parsed.from),
    subject: parsed.subject ?? '',
    text: parsed.text ?? '',
    ...(typeof parsed.html === 'string' ? { html: parsed.html } : {}),
    headers: headersOf(parsed),
    attachments: parsed.attachments.map(({ filename, contentType, size }) => ({
      filename: filename ?? '',
      contentType,
      size,
    })),
    receivedAt: receivedAt.toISOString(),
  };
}

function addresses(field: AddressObject | AddressObject[] | undefined): string {
  const objects = field === undefined ? [] : [field].flat();
  return objects
    .flatMap(({ value }) => value.flatMap((entry) => entry.group ?? [entry]))
    .map(({ address }) => address ?? '')
    .filter(Boolean)
    .join(', ');
}

function headersOf(parsed: ParsedMail): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const { key, line } of parsed.headerLines) {
    const value = line
      .slice(line.indexOf(':') + 1)
      .replace(/\r?\n\s+/g, ' ')
      .trim();
    headers[key] = headers[key] === undefined ? value : `${headers[key]}\n${value}`;
  }
  // These may be encoded words (RFC 2047); the parser has decoded them.
  if (parsed.subject !== undefined) headers.subject = parsed.subject;
  if (parsed.from) headers.from = parsed.from.text;
  const to = parsed.to === undefined ? [] : [parsed.to].flat();
  if (to.length > 0) headers.to = to.map(({ text }) => text).join(', ');
  return headers;
}
