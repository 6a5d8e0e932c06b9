import { type z } from 'zod';
import { type applicationNotice, type ApplicationView, type Money } from '#libs/contracts';
import { compose, fact, type Letter } from './letter.ts';
import { amountInWords, dayInWords, oneLine, rccName, taskOf, timeInWords } from './words.ts';

/** What the owner of the application tells, for a mail. */
export type ApplicationNotice = Omit<
  z.output<typeof applicationNotice>,
  'state' | 'region' | 'contact' | 'signedBy' | 'callId'
>;

const why = 'Du får det här som kontaktperson för ansökan eller för att du har signerat den.';

/** Where the application is read; undefined where there are no web pages to point at. */
export function applicationLink(publicUrl: string | undefined, id: string): string | undefined {
  return publicUrl === undefined ? undefined : `${publicUrl}/applications/${id}`;
}

function about(notice: ApplicationNotice): string[] {
  return [
    ...fact('Beteckning', notice.reference),
    ...fact('Ansökan', notice.title === null ? null : oneLine(notice.title)),
    ...fact('Sökande enhet', notice.unit === null ? null : oneLine(notice.unit)),
    ...fact('Utlysning', oneLine(notice.callTitle)),
  ];
}

/** Receipt: the application has arrived, when, and under which reference. */
export function receiptLetter(notice: ApplicationNotice, publicUrl?: string): Letter {
  const rcc = rccName(notice.rcc);
  return compose(
    `Ansökan ${notice.reference ?? ''} har kommit in till ${rcc}`.replace('  ', ' '),
    [
      [`Er ansökan har kommit in till ${rcc}.`],
      [
        ...about(notice),
        ...fact(
          'Kom in',
          notice.submittedAt === null ? null : `${timeInWords(notice.submittedAt)}, svensk tid`,
        ),
      ],
      [
        'Ni behöver inte göra något nu. Beslutet kommer med e-post.',
        'Fram till beslutet kan ni återkalla ansökan.',
        ...(notice.reference === null ? [] : ['Uppge beteckningen om ni hör av er om ansökan.']),
      ],
      fact('Läs ansökan', applicationLink(publicUrl, notice.id)),
    ],
    why,
  );
}

/** The decision: outcome, amounts, conditions, reason, and what to do by when. Undefined while there is none. */
export function decisionLetter(notice: ApplicationNotice, publicUrl?: string): Letter | undefined {
  const { decision } = notice;
  if (!decision) return undefined;
  const granted = decision.outcome === 'granted' && decision.amount !== null ? decision.amount : undefined;
  const name = notice.reference ?? oneLine(notice.title ?? '');
  return compose(
    granted
      ? `Beslut om ansökan ${name}: ${amountInWords(granted)} beviljas`
      : `Beslut om ansökan ${name}: avslag`,
    [
      [outcomeSentence(notice, granted)],
      [
        ...about(notice),
        ...fact('Sökt belopp', amountInWords(notice.requested)),
        ...fact('Beviljat belopp', granted && amountInWords(granted)),
        ...fact('Beslutsdag', dayInWords(decision.decidedOn)),
        ...fact('Beslutat av', oneLine(decision.decidedBy)),
      ],
      decision.reason.trim() === '' ? [] : ['Motivering:', decision.reason.trim()],
      conditionLines(decision.conditions),
      granted ? nextSteps(notice) : ['Ni behöver inte göra något mer med ansökan.'],
      fact('Läs ansökan och beslutet', applicationLink(publicUrl, notice.id)),
    ],
    why,
  );
}

function outcomeSentence(notice: ApplicationNotice, granted: Money | undefined): string {
  const rcc = rccName(notice.rcc);
  if (!granted) return `Er ansökan till ${rcc} har avslagits.`;
  const requested = notice.requested;
  const inPart = amountInWords(requested) !== amountInWords(granted);
  return inPart
    ? `Er ansökan till ${rcc} har beviljats till en del: ${amountInWords(granted)} av sökta ${amountInWords(requested)}.`
    : `Er ansökan till ${rcc} har beviljats med ${amountInWords(granted)}.`;
}

function conditionLines(conditions: NonNullable<ApplicationView['decision']>['conditions']): string[] {
  if (conditions.length === 0) return [];
  return [
    'Villkor:',
    ...conditions.map(
      ({ text, dueOn }) => `* ${oneLine(text)}${dueOn === undefined ? '' : ` (senast ${dayInWords(dueOn)})`}`,
    ),
  ];
}

const reportTasks = {
  interim: 'interim-report',
  final: 'final-report',
  financial: 'financial-report',
} as const;

function nextSteps(notice: ApplicationNotice): string[] {
  const by = notice.acceptBy === null ? '' : ` senast ${dayInWords(notice.acceptBy)}`;
  return [
    'Det här ska ni göra:',
    `* ${taskOf('decision-acceptance').what}: tacka ja eller nej${by}`,
    ...(notice.reporting ?? []).map(
      ({ kind, dueOn }) => `* ${taskOf(reportTasks[kind]).what} senast ${dayInWords(dueOn)}`,
    ),
    'Vi påminner i god tid.',
  ];
}
