import { type Narrator } from './narrator.ts';
import { norrPlan, sydostPlan } from './plans.ts';

/** Plans with every word kept, a measure, an observation and what it says about the goal. */
export async function followUp(tell: Narrator): Promise<void> {
  tell.chapter('Planerna läses in med varje ord bevarat');
  const imported = await tell.ask('process-norr', 'POST', '/plan-imports', 201, norrPlan);
  tell.say(`mål: ${imported.body.imported.goals}, att se över: ${imported.body.doubtful.length}`);
  const { planId } = imported.body;
  const activities = await tell.ask('process-sydost', 'POST', '/plan-imports', 201, sydostPlan);
  tell.say(`aktiviteter: ${activities.body.imported.activities}, NÄR: ${activities.body.imported.whens}`);

  tell.chapter('Ett mått för mål 5, en mätning, och vad den säger om målet');
  const goals = await tell.ask('process-norr', 'GET', `/plans/${planId}/goals?limit=50`, 200);
  const goalOf = (number: number): string =>
    goals.body.items.find((goal: { number: number }) => goal.number === number).id;
  const measureOf = (title: string, goalId: string) => ({
    rcc: 'norr',
    title,
    goal: { planId, goalId },
    kind: 'ratio',
    numerator: 'Barn vars vårdplan är klar inom en månad',
    denominator: 'Barn som insjuknat under året',
    source: 'Egen räkning vid barnkliniken',
    direction: 'higher',
    target: { operator: '>', value: 90, unit: 'percent' },
    periods: 'year',
  });
  const measure = await tell.ask(
    'process-norr',
    'POST',
    '/measures',
    201,
    measureOf('Vårdplan i tid', goalOf(5)),
  );
  await tell.ask('process-norr', 'POST', '/observations', 201, {
    measureId: measure.body.id,
    unit: 'norr',
    period: { from: '2025-01-01', to: '2025-12-31' },
    value: { numerator: 23, denominator: 25 },
  });
  const assessed = await tell.ask('nationell', 'GET', `/assessments?measureId=${measure.body.id}`, 200);
  for (const item of assessed.body.items) tell.say(`${item.outcome}: ${item.sentence}`);
  const silent = await tell.ask(
    'process-norr',
    'POST',
    '/measures',
    201,
    measureOf('Utan siffra', goalOf(6)),
  );
  const none = await tell.ask('nationell', 'GET', `/assessments?measureId=${silent.body.id}`, 200);
  for (const item of none.body.items) tell.say(`${item.outcome}: ${item.sentence}`);
}
