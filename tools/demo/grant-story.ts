import { addDays, civilDayAt } from '#libs/calendar';
import { demoApplications } from './applications.ts';
import { type Narrator } from './narrator.ts';
import { paymentStory } from './payment-story.ts';

const kronor = (amount: string) => ({ amount, currency: 'SEK' });

/** From call to reminders: the grant process of RCC Sydöst with three regions. */
export async function grantStory(tell: Narrator, url: string, run: string): Promise<void> {
  const clock = async (body: unknown): Promise<Date> => {
    const response = await fetch(`${url}/dev/clock`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const { now } = (await response.json()) as { now: string };
    tell.say(`klockan är nu ${now}`);
    return new Date(now);
  };
  const today = civilDayAt(await clock({ reset: true }));
  const year = Number(today.slice(0, 4));

  tell.chapter('Kansliet utlyser medel med två teman, en ram och ett tak per region');
  const call = await tell.ask('kansli-sydost', 'POST', '/calls', 201, {
    rcc: 'sydost',
    title: `Förbättringsmedel för barncancervården ${run}`,
    purpose: 'Mindre projekt som gör vården bättre för barn med cancer och deras familjer.',
    opensOn: today,
    closesOn: addDays(today, 45),
    frame: kronor('600000.00'),
    themes: [
      { id: 'narmare-hemmet', title: 'Vård närmare hemmet', frame: kronor('450000.00') },
      { id: 'efter-behandlingen', title: 'Livet efter behandlingen' },
    ],
    perRegionCap: kronor('400000.00'),
    largestGrant: kronor('400000.00'),
    smallestGrant: kronor('25000.00'),
    criteria: [
      { id: 'nytta', title: 'Nytta för barn och familjer', scale: { min: 1, max: 5 }, weight: 2 },
      { id: 'genomforbarhet', title: 'Genomförbarhet', scale: { min: 1, max: 5 }, weight: 1 },
    ],
    reporting: [
      { kind: 'interim', dueOn: `${year + 1}-08-31` },
      { kind: 'final', dueOn: `${year + 2}-02-15` },
      { kind: 'financial', dueOn: `${year + 2}-03-01` },
    ],
    requiresSignOff: true,
  });
  const callId: string = call.body.id;
  await tell.ask(
    'kansli-sydost',
    'POST',
    `/calls/${callId}/publication`,
    200,
    {},
    { ifMatch: call.headers.get('etag') ?? '' },
  );

  tell.chapter('Regionerna skickar ansökningar; en upprepad sändning skapar inget nytt');
  const ids: Record<string, string> = {};
  for (const application of demoApplications(callId, year)) {
    const { region } = application;
    const system = `region-${region}-system`;
    const key = `${run}-${region}`;
    const first = await tell.ask(system, 'POST', '/applications', 201, application, { key });
    const again = await tell.ask(system, 'POST', '/applications', 201, application, { key });
    if (again.body.id !== first.body.id) throw new Error('a repeated request made a second application');
    ids[region] = first.body.id;
  }
  const id = (region: string): string => ids[region] ?? '';

  tell.chapter('Det som hindrar inlämning räknas upp på en gång, och rättas');
  // Jönköping has asked for more than the largest grant, and nobody has signed yet.
  const jonkoping = 'region-jonkoping-system';
  await tell.ask(jonkoping, 'POST', `/applications/${id('jonkoping')}/submission`, 422, {});
  const draft = await tell.ask(jonkoping, 'GET', `/applications/${id('jonkoping')}`, 200);
  await tell.ask(
    jonkoping,
    'PATCH',
    `/applications/${id('jonkoping')}`,
    200,
    { budget: [{ line: 'salary', year: year + 1, amount: kronor('380000.00') }] },
    { ifMatch: draft.headers.get('etag') ?? '' },
  );
  await tell.ask('region-ostergotland-system', 'GET', `/applications/${id('jonkoping')}`, 404);

  tell.chapter('Verksamhetscheferna signerar och ansökningarna lämnas in');
  for (const region of ['ostergotland', 'kalmar', 'jonkoping']) {
    await tell.ask(`chef-${region}`, 'POST', `/applications/${id(region)}/sign-off`, 200, {});
    await tell.ask(
      `region-${region}-system`,
      'POST',
      `/applications/${id(region)}/submission`,
      200,
      {},
      {
        key: `${run}-${region}-in`,
      },
    );
  }

  tell.chapter('En fjärde ansökan lämnas in och återkallas i tid');
  const [extra] = demoApplications(callId, year);
  const withdrawn = await tell.ask('region-kalmar-system', 'POST', '/applications', 201, {
    ...extra,
    region: 'kalmar',
    contact: { name: 'Rolf Enqvist', email: 'rolf.enqvist@kalmar.example' },
  });
  await tell.ask('chef-kalmar', 'POST', `/applications/${withdrawn.body.id}/sign-off`, 200, {});
  await tell.ask('region-kalmar-system', 'POST', `/applications/${withdrawn.body.id}/submission`, 200, {});
  await tell.ask('region-kalmar-system', 'POST', `/applications/${withdrawn.body.id}/withdrawal`, 200, {
    reason: 'Projektet slås ihop med ett annat.',
  });

  tell.chapter('Två bedömare sätter poäng; den som arbetar i den sökande regionen avvisas');
  const scores = (nytta: number, genomforbarhet: number) => ({
    scores: [
      { criterion: 'nytta', score: nytta, reason: 'Se motiveringen i protokollet.' },
      { criterion: 'genomforbarhet', score: genomforbarhet, reason: 'Rimlig tidplan.' },
    ],
    recommendation: nytta > 2 ? 'grant' : 'reject',
  });
  await tell.ask(
    'bedomare-ostergotland',
    'POST',
    `/applications/${id('ostergotland')}/assessments`,
    403,
    scores(5, 5),
  );
  for (const [region, nytta] of [
    ['ostergotland', 5],
    ['kalmar', 4],
    ['jonkoping', 2],
  ] as const) {
    await tell.ask(
      'bedomare-sydost-1',
      'POST',
      `/applications/${id(region)}/assessments`,
      201,
      scores(nytta, 4),
    );
    await tell.ask(
      'bedomare-sydost-2',
      'POST',
      `/applications/${id(region)}/assessments`,
      201,
      scores(nytta, 3),
    );
  }
  const ranking = await tell.ask('kansli-sydost', 'GET', `/calls/${callId}/ranking`, 200);
  for (const item of ranking.body.items)
    tell.say(`${item.rank}. ${item.reference} ${item.title}: ${item.score} av 100`);

  tell.chapter('Beslut inom ramen: en i sin helhet, en till en del, en avslås');
  const decidedOn = today;
  const round = (kalmar: string) => ({
    decidedOn,
    decidedBy: 'Chef för RCC Sydöst efter beredning i arbetsgruppen',
    outcomes: [
      {
        applicationId: id('ostergotland'),
        outcome: 'granted',
        amount: kronor('350000.00'),
        reason: 'Stor nytta för familjer med långa resor.',
        conditions: [{ text: 'Antalet resor redovisas varje kvartal', dueOn: addDays(today, 120) }],
      },
      {
        applicationId: id('kalmar'),
        outcome: 'granted',
        amount: kronor(kalmar),
        reason: 'Beviljas till en del.',
      },
      { applicationId: id('jonkoping'), outcome: 'rejected', reason: 'Liknande arbete pågår redan.' },
    ],
  });
  await tell.ask('beslut-sydost', 'POST', `/calls/${callId}/decisions`, 422, round('200000.51'));
  await tell.ask('beslut-sydost', 'POST', `/calls/${callId}/decisions`, 201, round('150000.00'), {
    key: `${run}-beslut`,
  });
  await tell.ask('beslut-sydost', 'POST', `/calls/${callId}/decisions`, 409, round('150000.00'));
  await tell.ask('kansli-sydost', 'GET', `/calls/${callId}/frame`, 200);

  tell.chapter('Kalmar tackar ja och får betalt; Östergötland dröjer, och tiden går');
  await tell.ask('chef-kalmar', 'POST', `/applications/${id('kalmar')}/acceptance`, 200, { accepted: true });
  await paymentStory(tell, id('kalmar'), run);
  await clock({ advance: 'P20D' });
  await clock({ advance: 'P10D' });

  tell.chapter('Det går att följa vad som hände: historiken, tidsfristerna och varje påminnelse');
  const history = await tell.ask(
    'revisor',
    'GET',
    `/applications/${id('ostergotland')}/history?limit=100`,
    200,
  );
  for (const entry of history.body.items) tell.say(`${entry.time} ${entry.type} (${entry.actor.id})`);
  const calendar = await tell.ask('chef-kalmar', 'GET', '/deadlines/calendar', 200);
  for (const line of (calendar.body as string).match(/^(DTSTART|SUMMARY).*/gm) ?? [])
    tell.say(line.trimEnd());
  for (const region of ['ostergotland', 'kalmar']) {
    const deadlines = await tell.ask(
      'kansli-sydost',
      'GET',
      `/deadlines?subjectId=${id(region)}&limit=50`,
      200,
    );
    for (const deadline of deadlines.body.items) {
      tell.say(`${region}: ${deadline.kind} senast ${deadline.dueOn}: ${deadline.state}`);
      if (deadline.kind !== 'decision-acceptance') continue;
      const reminders = await tell.ask('kansli-sydost', 'GET', `/deadlines/${deadline.id}/reminders`, 200);
      for (const reminder of reminders.body.items) {
        tell.say(
          `   ${reminder.plannedFor} ${reminder.step} → ${reminder.recipient}: ${reminder.state} ${reminder.reason ?? ''}`,
        );
      }
    }
  }
}
