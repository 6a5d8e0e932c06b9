import { type SharedMarks } from '#libs/messaging';
import { type Generations } from './generations.ts';
import { markKey } from './mark-key.ts';
import { type Session } from './session.ts';

/** Which cookies of each session are about, known to every gateway without asking. */
export class SharedGenerations {
  constructor(private readonly marks: Pick<SharedMarks, 'get' | 'replace'>) {}

  /** Undefined: the session's first cookie has never been renewed. */
  of({ sid }: Session): Generations | undefined {
    const mark = this.marks.get(markKey('gen', sid));
    return mark === undefined ? undefined : (JSON.parse(mark) as Generations);
  }

  /**
   * Tells all gateways what has become of {@link of}. False: another was first, and nothing was told. Rejects when
   * nobody can be told.
   */
  tell({ sid }: Session, generations: Generations): Promise<boolean> {
    return this.marks.replace(markKey('gen', sid), JSON.stringify(generations));
  }
}
