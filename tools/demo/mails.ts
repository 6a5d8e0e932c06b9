import { setTimeout as delay } from 'node:timers/promises';
import { type Narrator } from './narrator.ts';

interface Mail {
  readonly to: string;
  readonly subject: string;
}

const quietMs = 1000;
const boundMs = 30_000;

/** What the mail catcher holds, oldest first. */
export async function receivedMails(url: string): Promise<Mail[]> {
  const response = await fetch(`${url}/dev/mail/messages`);
  return ((await response.json()) as { items: Mail[] }).items;
}

/** Waits until no more mails come in, then tells which ones did after the first `before`. */
export async function tellMails(tell: Narrator, url: string, before: number): Promise<void> {
  tell.chapter('Breven som kom fram');
  let mails = await receivedMails(url);
  for (const started = Date.now(); Date.now() - started < boundMs;) {
    await delay(quietMs);
    const count = mails.length;
    mails = await receivedMails(url);
    if (mails.length === count) break;
  }
  for (const { to, subject } of mails.slice(before)) tell.say(`${to}: ${subject}`);
}
