/** The applications of the demo, in the demo's own words. */

const kronor = (amount: string) => ({ amount, currency: 'SEK' });

interface Project {
  readonly region: string;
  readonly themeId: string;
  readonly unit: string;
  readonly title: string;
  readonly contact: { readonly name: string; readonly email: string };
  readonly need: string;
  readonly aim: {
    readonly text: string;
    readonly indicator: string;
    readonly baseline: string;
    readonly target: string;
  };
  readonly method: string;
  readonly salary: string;
  readonly other: string;
}

const projects: readonly Project[] = [
  {
    region: 'ostergotland',
    themeId: 'narmare-hemmet',
    unit: 'Barnonkologiska enheten',
    title: 'Blodprov på vårdcentralen i stället för på sjukhuset',
    contact: { name: 'Siv Dahlström', email: 'siv.dahlstrom@ostergotland.example' },
    need: 'Familjer i länets ytterkanter åker flera timmar för ett prov som tar fem minuter.',
    aim: {
      text: 'Barn i underhållsbehandling lämnar prov nära hemmet',
      indicator: 'Andel prov som tas på vårdcentral',
      baseline: '15 %',
      target: '60 %',
    },
    method: 'Två vårdcentraler utbildas, provsvaren går direkt till enheten och resorna räknas varje månad.',
    salary: '310000.00',
    other: '40000.00',
  },
  {
    region: 'kalmar',
    themeId: 'efter-behandlingen',
    unit: 'Barn- och ungdomskliniken',
    title: 'Tillbaka till skolan med en plan',
    contact: { name: 'Rolf Enqvist', email: 'rolf.enqvist@kalmar.example' },
    need: 'Skolor får veta för sent vad eleven orkar och behöver efter behandlingen.',
    aim: {
      text: 'Varje barn har en skolplan när behandlingen slutar',
      indicator: 'Barn med skriftlig skolplan',
      baseline: '2 av 9',
      target: 'alla',
    },
    method: 'En konsultsjuksköterska träffar skolan tre gånger och planen följs upp efter ett halvår.',
    salary: '180000.00',
    other: '20000.50',
  },
  {
    region: 'jonkoping',
    themeId: 'narmare-hemmet',
    unit: 'Barn- och ungdomsmedicinska kliniken',
    title: 'Videobesök kvällstid',
    contact: { name: 'Maj Öberg', email: 'maj.oberg@jonkoping.example' },
    need: 'Frågor som uppstår på kvällen leder till onödiga besök på akuten.',
    aim: {
      text: 'Färre akutbesök kvällstid',
      indicator: 'Akutbesök efter kl. 17 per månad',
      baseline: '12',
      target: '6',
    },
    method: 'Ett bemannat videomottagande prövas i ett år.',
    salary: '400000.00',
    other: '95000.00',
  },
];

export interface DemoApplication extends Record<string, unknown> {
  readonly region: string;
}

/** Complete applications to a call, with the project year next after `year`. */
export function demoApplications(callId: string, year: number): DemoApplication[] {
  return projects.map(({ aim, salary, other, ...project }) => ({
    callId,
    ...project,
    summary: `${project.title}: ett ettårigt förbättringsprojekt.`,
    aims: [aim],
    period: { from: `${year + 1}-02-01`, to: `${year + 1}-12-31` },
    budget: [
      { line: 'salary', year: year + 1, amount: kronor(salary) },
      { line: 'other', year: year + 1, amount: kronor(other), note: 'Resor och utbildning' },
    ],
    coFunding: [{ source: 'Klinikens egna medel', amount: kronor('25000.00') }],
    patientInvolvement: 'Två föräldrar och en ungdom läser planen och deltar vid uppföljningen.',
    spreading: 'Resultatet visas vid sjukvårdsregionens höstmöte och läggs ut öppet.',
    afterFunding: 'Kliniken tar över arbetssättet i sin ordinarie budget.',
  }));
}
