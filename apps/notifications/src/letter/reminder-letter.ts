import { daysBetween } from '#libs/calendar';
import { type DeadlineKind, type RccCode } from '#libs/contracts';
import { compose, fact, type Letter } from './letter.ts';
import { dayInWords, oneLine, rccName, taskOf } from './words.ts';

/** What a reminder is about. */
export interface ReminderMatter {
  readonly kind: DeadlineKind;
  readonly dueOn: string;
  readonly rcc: RccCode;
  readonly reference?: string | null | undefined;
  readonly title?: string | null | undefined;
  readonly callTitle?: string | undefined;
  readonly link?: string | undefined;
  /** A week late: the next in line gets it too. */
  readonly nextInLine: boolean;
}

/** Reminder as of a civil day: how long there is left, or how late it is, and what to do. */
export function reminderLetter(matter: ReminderMatter, today: string): Letter {
  const { what, todo } = taskOf(matter.kind);
  const left = daysBetween(today, matter.dueOn);
  const name = matter.reference ?? matter.callTitle ?? '';
  const heading = left < 0 ? `Försenat: ${what}` : `Påminnelse: ${what} senast ${dayInWords(matter.dueOn)}`;
  return compose(
    oneLine(`${heading}${name === '' ? '' : ` (${name})`}`),
    [
      [timeLeft(what, matter.dueOn, left)],
      [
        ...fact('Beteckning', matter.reference),
        ...fact('Ansökan', matter.title && oneLine(matter.title)),
        ...fact('Utlysning', matter.callTitle && oneLine(matter.callTitle)),
        ...fact('Sista dag', dayInWords(matter.dueOn)),
      ],
      [
        todo,
        ...(left < 0
          ? [
              'Är det redan gjort på annat sätt, eller går det inte, hör av er till ' +
                rccName(matter.rcc) +
                '.',
            ]
          : []),
      ],
      matter.nextInLine
        ? [`Eftersom det har gått minst en vecka går meddelandet också till ${rccName(matter.rcc)}.`]
        : [],
      fact('Öppna', matter.link),
    ],
    'Du får det här för att du ansvarar för uppgiften, eller följer upp den som ansvarar. När den är gjord slutar påminnelserna.',
  );
}

function timeLeft(what: string, dueOn: string, left: number): string {
  const task = what.charAt(0).toUpperCase() + what.slice(1);
  const day = dayInWords(dueOn);
  if (left > 1) return `${task}: det är ${left} dagar kvar, till ${day}.`;
  if (left === 1) return `${task}: sista dagen är i morgon, ${day}.`;
  if (left === 0) return `${task}: sista dagen är i dag, ${day}.`;
  return `${task}: sista dagen var ${day}, för ${-left === 1 ? 'en dag' : `${-left} dagar`} sedan. Vi har inte fått in det.`;
}
