import { randomUUID } from 'node:crypto';
import { api } from '#libs/testing';
import { followUp } from './follow-up-story.ts';
import { grantStory } from './grant-story.ts';
import { receivedMails, tellMails } from './mails.ts';
import { Narrator } from './narrator.ts';
import { rightsStory } from './rights-story.ts';

/** Plays the main job over HTTP against the running product. Exit code 1 when anything answers otherwise than told. */
async function main(): Promise<void> {
  const port = process.env.INSATS_PORT || '3000';
  const url = `http://127.0.0.1:${port}`;
  const ready = await fetch(`${url}/health/ready`).catch(() => undefined);
  if (!ready?.ok) {
    process.stderr.write(
      `Ingen färdig produkt svarar på ${url}. Starta den först i ett annat fönster: npm start\n`,
    );
    process.exitCode = 1;
    return;
  }
  const narrator = new Narrator(api({ url }));
  const run = randomUUID().slice(0, 8);
  try {
    const before = await receivedMails(url);
    await grantStory(narrator, url, run);
    await followUp(narrator);
    await rightsStory(narrator, url);
    await tellMails(narrator, url, before.length);
    process.stdout.write('\nKlart: allt svarade som berättat.\n');
  } finally {
    await fetch(`${url}/dev/clock`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ reset: true }),
    });
  }
}

await main();
