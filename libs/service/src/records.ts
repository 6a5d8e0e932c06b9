import { type FactoryProvider, type Type } from '@nestjs/common';
import { type Place } from '#libs/access';
import { type Actor, type Resource } from '#libs/contracts';
import { type AggregateRepository } from '#libs/persistence';
import { type Thinning } from './personal-store.ts';

/** What a service tells audit and privacy of one kind of thing that it owns: one for each type of aggregate. */
export interface RecordKind<State extends object = object> {
  readonly resource: Resource;
  readonly repository: AggregateRepository<State>;
  /** What the access table looks at. */
  place(state: NoInfer<State>): Place;
  /** Whether the actor may know that it exists, where the table alone does not tell; left out: the table tells. */
  mayKnow?(actor: Actor, state: NoInfer<State>): boolean;
  /** Types of events that are working papers: for whoever may read the resource that they tell of. */
  readonly internal?: { readonly types: ReadonlySet<string>; readonly resource: Resource };
  /** Where in the state personal data lie: dotted paths, `*` for every item of a list. */
  readonly personal: readonly string[];
  /** Path of the one person whom all of it is about: who stands there may have all of it. */
  readonly owner?: string;
  /** Left out: it is never thinned. */
  readonly thinning?: Thinning<NoInfer<State>>;
}

/** One kind among others: what its state is made of is its own affair. */
export function recordKind<State extends object>(kind: RecordKind<State>): RecordKind {
  return kind as unknown as RecordKind;
}

/** Every {@link RecordKind} of this service. */
export const RECORDS = Symbol('RECORDS');

/** Provides the kinds of things a service owns, made of their repositories. */
export function provideRecords<Repositories extends readonly object[]>(
  repositories: { readonly [I in keyof Repositories]: Type<Repositories[I]> },
  kinds: (...made: Repositories) => readonly RecordKind[],
): FactoryProvider {
  return {
    provide: RECORDS,
    inject: [...repositories],
    useFactory: (...made: unknown[]) => kinds(...(made as unknown as Repositories)),
  };
}
