import { setTimeout as delay } from 'node:timers/promises';
import { type Narrator } from './narrator.ts';

/** Rights that are given and end at once, what is refused, and the proof of everything that was done. */
export async function rightsStory(tell: Narrator, url: string): Promise<void> {
  const { now } = (await (await fetch(`${url}/dev/clock`)).json()) as { now: string };
  const today = now.slice(0, 10);

  tell.chapter('Kansliet ger en roll och tar tillbaka den; ingen ger sig själv någon');
  const people = await tell.ask('kansli-sydost', 'GET', '/people?limit=50', 200);
  const idOf = (subject: string): string =>
    people.body.items.find((person: { subject: string }) => person.subject === subject).id;
  const role = { role: 'rccReader', rcc: 'sydost', from: today };
  await tell.ask('ekonom-sydost', 'GET', '/plans?limit=1', 200);
  const given = await tell.ask('kansli-sydost', 'POST', '/role-assignments', 201, {
    ...role,
    personId: idOf('ekonom-sydost'),
  });
  // A role given or taken away works within a second.
  await delay(1000);
  await tell.ask('ekonom-sydost', 'GET', '/plans?limit=1', 200);
  await tell.ask('kansli-sydost', 'POST', `/role-assignments/${given.body.id}/ending`, 200, {
    reason: 'Uppdraget är slutfört',
  });
  await delay(1000);
  await tell.ask('ekonom-sydost', 'GET', '/plans?limit=1', 200);
  await tell.ask('kansli-sydost', 'POST', '/role-assignments', 403, {
    ...role,
    role: 'decider',
    personId: idOf('kansli-sydost'),
  });

  tell.chapter('Det som inte ska in eller ut stannar: andras ansökningar och personnummer');
  const own = await tell.ask('region-kalmar-system', 'GET', '/applications?limit=1', 200);
  const application = own.body.items[0] as { id: string; callId: string };
  await tell.ask('region-jonkoping-system', 'GET', `/applications/${application.id}`, 404);
  await tell.ask('kansli-norr', 'GET', `/applications/${application.id}`, 404);
  await tell.ask('region-kalmar-system', 'POST', '/applications', 422, {
    callId: application.callId,
    region: 'kalmar',
    title: 'Uppföljning av patient 121212-1212',
  });

  tell.chapter('Revisorn ser vem som läste och vem som nekades, och att ingen kedja är bruten');
  // The gateway hands over what it has noted once a second.
  await delay(1500);
  const refused = await tell.ask('revisor', 'GET', '/audit/accesses?outcome=refused&limit=3', 200);
  for (const { actor, operation, status } of refused.body.items) {
    tell.say(`nekades: ${actor ?? 'okänd'} ${operation} (${status})`);
  }
  const history = await tell.ask(
    'revisor',
    'GET',
    `/audit?resource=application&id=${application.id}&limit=50`,
    200,
  );
  for (const { type, actor, changes } of history.body.items) {
    tell.say(`${type}: ${actor.id} som ${actor.role ?? actor.kind}, ${changes.length} ändringar`);
  }
  let seen = await tell.ask('revisor', 'GET', '/audit/verification', 200);
  for (let round = 0; !seen.body.complete && round < 30; round += 1) {
    await delay(500);
    seen = await tell.ask('revisor', 'GET', '/audit/verification', 200);
  }
  for (const { service, chains, events, fault } of seen.body.services) {
    tell.say(`${service}: ${events} händelser i ${chains} kedjor, ${fault ? 'BRUTEN' : 'hela'}`);
  }
  const root = seen.body.newestRoot as { treeSize: number; rootHash: string } | null;
  if (root) tell.say(`signerad rot över ${root.treeSize} kedjeändar: ${root.rootHash.slice(0, 16)}…`);

  tell.chapter('Var och en kan få ut det som finns om en själv');
  const mine = await tell.ask('chef-kalmar', 'GET', '/me/personal-data', 200);
  tell.say(`${mine.body.items.length} uppgifter om Björn Åkesson`);
}
