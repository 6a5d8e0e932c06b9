import { type DeadlineKind } from '#libs/contracts';

/** A deadline of this application that is still open, so that it is known what a command closes. */
export interface OpenDeadline {
  readonly key: string;
  readonly kind: DeadlineKind;
  readonly version: number;
}
