import { type Place } from '#libs/access';
import { type CivilDay } from '#libs/calendar';
import {
  type ActorStamp,
  type DocumentType,
  type Resource,
  type ThinnedEvent,
  type ThinnedThing,
  type WaitingReason,
} from '#libs/contracts';

/** What a period can run from: which documents it has happened to, and when. */
export interface ThinningEvent<State> {
  /** Condition in the database for documents to look at; they are gone through in order of id. */
  readonly where: Readonly<Record<string, unknown>>;
  /** Null: it has not happened. Where it happens to something else, such as the call of a draft, that is asked. */
  on(state: State): CivilDay | Date | null | Promise<CivilDay | Date | null>;
}

/** How a kind of document is thinned. */
export interface Thinning<State> {
  /** How the thinning stands in the chain. */
  readonly recordedAs: ThinnedEvent;
  /** By the names that `thinnable` in the contracts gives them. */
  readonly events: Readonly<Record<string, ThinningEvent<State>>>;
  /** Why it must wait though its day has come; null: nothing stands in the way. */
  waitsFor?(state: State, today: CivilDay): WaitingReason | null;
  /** Personal paths that the law keeps; say which law. */
  readonly keeps?: readonly string[];
  /** Blanks for paths where the usual one will not do. */
  blanks?(id: string): Readonly<Record<string, unknown>>;
  /** Types of events whose private part is about people as a whole. */
  readonly personalEvents?: ReadonlySet<string>;
}

/** One document, as far as privacy looks at it. */
export interface PersonalDocument {
  readonly id: string;
  readonly state: object;
  readonly place: Place;
}

/** By which decision, by whom: what a thinning leaves behind of itself. */
export interface ThinningRun {
  readonly id: string;
  readonly ruleId: string;
  readonly decisionReference: string;
  readonly by: ActorStamp;
}

export interface ThinningTask {
  /** Name of what the period runs from. */
  readonly event: string;
  /** First day on which something that happened on a day may be thinned; undefined: never. */
  dueOn(happenedOn: CivilDay): CivilDay | undefined;
  readonly today: CivilDay;
  readonly after: string | null;
  readonly limit: number;
  /** Null: a dry run, which stores nothing. */
  readonly run: ThinningRun | null;
}

/** One part of the documents was gone through. */
export interface ThinningPart {
  readonly things: readonly ThinnedThing[];
  /** Id of the last document that was looked at; null: there are no more. */
  readonly next: string | null;
}

/** Documents that may hold personal data: where in them, how they are found, and how they are thinned. */
export interface PersonalStore {
  readonly type: string;
  readonly resource: Resource;
  readonly personal: readonly string[];
  /** Path of the one person whom all of a document is about; undefined: it is about something else. */
  readonly owner: string | undefined;
  /** In order of id behind `after`. */
  following(after: string | null, limit: number): Promise<readonly PersonalDocument[]>;
  /** Null: there is no such document. */
  placeOf(id: string): Promise<Place | null>;
  /** Names of what a period can run from; empty: it is never thinned. */
  readonly thinningEvents: readonly string[];
  thin(task: ThinningTask): Promise<ThinningPart>;
}

/** A {@link PersonalStore} of a service beside its records, for what is no aggregate. A list. */
export const PERSONAL_STORES = Symbol('PERSONAL_STORES');

/** A thing whose day has come. */
export type DueThing = Pick<ThinnedThing, 'id' | 'happenedOn' | 'dueOn'> & { readonly type: DocumentType };
