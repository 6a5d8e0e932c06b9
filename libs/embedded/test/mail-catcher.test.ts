import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createTransport } from 'nodemailer';
import type { SendMailOptions } from 'nodemailer';
import { startMailCatcher } from '#libs/embedded';
import type { CaughtMail, MailCatcher } from '#libs/embedded';
import { afterThisTest, temporaryFolder } from './temporary.ts';

async function startedIn(folder: string): Promise<MailCatcher> {
  const catcher = await startMailCatcher(folder);
  afterThisTest(() => catcher.stop());
  return catcher;
}

async function send(catcher: MailCatcher, mail: SendMailOptions = {}) {
  const transport = createTransport(catcher.smtpUrl);
  try {
    return await transport.sendMail({
      from: 'Insats <insats@insats.example>',
      to: 'Åsa Öberg <asa@region.example>',
      subject: 'Beslut om medel – bifall',
      text: 'Hej!\n\nBeslutet är fattat.\n',
      ...mail,
    });
  } finally {
    transport.close();
  }
}

async function messages(catcher: MailCatcher): Promise<CaughtMail[]> {
  const response = await fetch(`${catcher.httpUrl}/messages`);
  return ((await response.json()) as { items: CaughtMail[] }).items;
}

async function behave(catcher: MailCatcher, behaviour: object): Promise<number> {
  const response = await fetch(`${catcher.httpUrl}/behaviour`, {
    method: 'POST',
    body: JSON.stringify(behaviour),
  });
  return response.status;
}

async function page(catcher: MailCatcher, query = ''): Promise<string> {
  return (await fetch(`${catcher.httpUrl}/${query}`)).text();
}

test('a mail is shown with who, what and when, newest last', async () => {
  const catcher = await startedIn(temporaryFolder());
  const { messageId } = await send(catcher);
  await send(catcher, { subject: 'Påminnelse', html: '<p>Hej</p>', headers: { 'X-Insats-Reminder': 'r1' } });

  const items = await messages(catcher);
  expect(items.map(({ subject }) => subject)).toEqual(['Beslut om medel – bifall', 'Påminnelse']);
  expect(items[0]).toMatchObject({ to: 'asa@region.example', from: 'insats@insats.example' });
  expect(items[0]?.text).toContain('Beslutet är fattat.');
  expect(items[0]).not.toHaveProperty('html');
  expect(items[0]?.headers['message-id']).toBe(messageId);
  expect(items[0]?.headers.subject).toBe('Beslut om medel – bifall');
  expect(items[1]?.html).toBe('<p>Hej</p>');
  expect(items[1]?.headers['x-insats-reminder']).toBe('r1');
  expect(items[1]?.receivedAt).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
});

test('mails outlive a restart, and a line cut off by a crash does no harm', async () => {
  const folder = temporaryFolder();
  const first = await startedIn(folder);
  await send(first);
  await first.stop();
  appendFileSync(join(folder, 'mails.jsonl'), '{"id":2,"to":"half');

  const second = await startedIn(folder);
  await send(second, { subject: 'Efter' });
  expect((await messages(second)).map(({ id, subject }) => [id, subject])).toEqual([
    [1, 'Beslut om medel – bifall'],
    [2, 'Efter'],
  ]);
});

test('forgotten mails stay forgotten', async () => {
  const folder = temporaryFolder();
  const first = await startedIn(folder);
  await send(first);
  await fetch(`${first.httpUrl}/messages`, { method: 'DELETE' });
  expect(await messages(first)).toEqual([]);
  await first.stop();
  expect(await messages(await startedIn(folder))).toEqual([]);
});

test('the page escapes whatever a mail holds', async () => {
  const catcher = await startedIn(temporaryFolder());
  const script = '<script>alert("1")</script>';
  await send(catcher, { subject: script, text: script, html: script, headers: { 'X-Evil': script } });

  for (const query of ['', '?mail=1']) {
    const shown = await page(catcher, query);
    expect(shown).not.toContain('<script');
    expect(shown).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;');
  }
});

test('the page is Swedish, forbids scripts, lists the newest first and leads to each mail', async () => {
  const catcher = await startedIn(temporaryFolder());
  expect(await page(catcher)).toContain('Inga brev har kommit');
  await send(catcher);
  await send(catcher, { subject: 'Nyast' });

  const response = await fetch(catcher.httpUrl);
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  const list = await response.text();
  expect(list).toContain('<html lang="sv">');
  expect(list.indexOf('Nyast</a>')).toBeLessThan(list.indexOf('Beslut om medel'));
  expect(list).toContain('<a href="?mail=1">Beslut om medel – bifall</a>');
  expect(await page(catcher, '?mail=1')).toContain('Beslutet är fattat.');
});

test('told to fail for a while, it refuses so many mails and then takes them again', async () => {
  const catcher = await startedIn(temporaryFolder());
  await behave(catcher, { mode: 'tempfail', times: 1 });
  await expect(send(catcher)).rejects.toMatchObject({ responseCode: 451 });
  await send(catcher);
  expect(await messages(catcher)).toHaveLength(1);
});

test('told to refuse, it refuses for good until told otherwise', async () => {
  const catcher = await startedIn(temporaryFolder());
  await behave(catcher, { mode: 'reject' });
  await expect(send(catcher)).rejects.toMatchObject({ responseCode: 550 });
  await expect(send(catcher)).rejects.toMatchObject({ responseCode: 550 });
  await behave(catcher, { mode: 'ok' });
  await send(catcher);
  expect(await messages(catcher)).toHaveLength(1);
});

test('told to cut the connection, it keeps the mail though the sender never hears of it', async () => {
  const catcher = await startedIn(temporaryFolder());
  await behave(catcher, { mode: 'drop-after-data', times: 1 });
  await expect(send(catcher)).rejects.not.toHaveProperty('responseCode');
  expect(await messages(catcher)).toHaveLength(1);
});

test('a behaviour it does not know is refused', async () => {
  const catcher = await startedIn(temporaryFolder());
  expect(await behave(catcher, { mode: 'explode' })).toBe(422);
  expect(await behave(catcher, { mode: 'reject', times: 0 })).toBe(422);
});
