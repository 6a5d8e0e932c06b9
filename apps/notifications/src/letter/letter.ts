/** What a mail says. */
export interface Letter {
  readonly subject: string;
  readonly text: string;
}

/** A line of the form `Beteckning: SYDOST-2026-0042`; none when there is nothing to say. */
export function fact(name: string, value: string | null | undefined): string[] {
  return value === null || value === undefined || value === '' ? [] : [`${name}: ${value}`];
}

/** Joins paragraphs (each of some lines) and adds who wrote and why. Empty paragraphs vanish. */
export function compose(subject: string, paragraphs: readonly (readonly string[])[], why: string): Letter {
  const body = paragraphs.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  const footer = ['-- ', why, 'Meddelandet är automatiskt och går inte att svara på.'].join('\n');
  return { subject, text: `${['Hej!', ...body, footer].join('\n\n')}\n` };
}
