import { DomainError, type Actor, type MoneyCommand } from '#libs/contracts';

/** The parts that people have on the way from application to payment. */
export type Part = 'applied' | 'signed' | 'assessed' | 'decided' | 'requisitioned' | 'prepared';

/**
 * Which earlier parts rule a person out for a command that decides on money or pays it. A command that the
 * contracts mark so and that has no line here does not compile.
 */
export const ruledOut: Readonly<Record<MoneyCommand, readonly Part[]>> = {
  decisions: ['applied', 'signed', 'assessed'],
  payments: ['applied', 'signed', 'decided', 'requisitioned'],
  attestation: ['applied', 'signed', 'decided', 'requisitioned', 'prepared'],
};

/** What the money is for, and who has had which part in it. People are actor ids. */
export interface Matter {
  readonly region: string;
  /** Those who have declared themselves partial. */
  readonly partial: readonly string[];
  readonly parts: Readonly<Record<Part, readonly string[]>>;
}

/** Who acts, as far as it matters here. */
type Person = Pick<Actor, 'id' | 'employers'>;

function isPartial({ id, employers }: Person, { region, partial }: Matter): boolean {
  return (employers as readonly string[]).includes(region) || partial.includes(id);
}

function earlierParts({ id }: Person, command: MoneyCommand, { parts }: Matter): Part[] {
  return ruledOut[command].filter((part) => parts[part].includes(id));
}

/**
 * That somebody may move money as far as the four-eyes rule goes. {@link Clearance.require} alone makes it, and
 * an operation that the contracts mark as moving money writes nothing without it (`writeContext` in libs/service).
 */
export class Clearance {
  private constructor(
    readonly command: MoneyCommand,
    readonly actorId: string,
  ) {}

  /**
   * Nobody moves money of a region they work in or where they have declared themselves partial
   * (förvaltningslagen 16 §), and nobody alone. Errors: `conflict-of-interest`, `four-eyes`, with the
   * applications concerned, by whose ids `matters` goes.
   */
  static require(actor: Person, command: MoneyCommand, matters: ReadonlyMap<string, Matter>): Clearance {
    const partial = [...matters].filter(([, matter]) => isPartial(actor, matter));
    if (partial.length > 0) {
      throw new DomainError('conflict-of-interest', { extra: { applicationIds: partial.map(([id]) => id) } });
    }
    const had = [...matters].map(([id, matter]) => ({ id, parts: earlierParts(actor, command, matter) }));
    const own = had.filter(({ parts }) => parts.length > 0);
    if (own.length > 0) {
      const parts = [...new Set(own.flatMap((each) => each.parts))];
      throw new DomainError('four-eyes', { extra: { applicationIds: own.map(({ id }) => id), parts } });
    }
    return new Clearance(command, actor.id);
  }

  /** Would the rule let the person? For what is offered. */
  static lets(actor: Person, command: MoneyCommand, matter: Matter): boolean {
    return !isPartial(actor, matter) && earlierParts(actor, command, matter).length === 0;
  }
}
