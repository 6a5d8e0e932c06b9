import { serviceNames, type BrokenPlace, type ServiceName, type VerificationView } from '#libs/contracts';

interface Part {
  readonly complete: boolean;
  readonly fault: BrokenPlace | null;
}

/** How far the verification of one service has come. */
export interface ServicePart extends Part {
  readonly events: number;
  readonly chains: number;
  readonly documents: number;
  readonly uncovered: number;
  /** Where it goes on, in the service's own words. */
  readonly after: string | null;
}

/** What is remembered of a root. */
export interface KnownRoot {
  /** Left out where it has none. */
  readonly number?: number;
  readonly treeSize: number;
  readonly rootHash: string;
}

/** How far the verification of the log has come. */
export interface LogPart extends Part {
  readonly leaves: number;
  readonly roots: number;
  /** Of the complete subtrees of the leaves so far, see `CompactRange`. */
  readonly peaks: readonly string[];
  /** The last root so far. */
  readonly lastRoot: KnownRoot | null;
}

/** What is left of a run when the next begins. */
export type EarlierRun = NonNullable<VerificationView['previous']>;

/** One verification of everything, which goes on from request to request. */
export interface VerificationRun {
  /** RFC 3339, machine time. */
  readonly startedAt: string;
  readonly finishedAt: string | null;
  /** Somebody has seen the finished run: whoever asks next begins a new one. */
  readonly shown: boolean;
  /** What the run before found. */
  readonly previous: EarlierRun | null;
  readonly services: Readonly<Record<ServiceName, ServicePart>>;
  readonly log: LogPart;
}

const notBegun = { complete: false, fault: null } as const;

export function newRun(startedAt: string, before: VerificationRun | undefined): VerificationRun {
  const services = Object.fromEntries(
    serviceNames.map((name) => [
      name,
      { ...notBegun, events: 0, chains: 0, documents: 0, uncovered: 0, after: null },
    ]),
  ) as Record<ServiceName, ServicePart>;
  return {
    startedAt,
    finishedAt: null,
    shown: false,
    previous: before ? toEarlier(before) : null,
    services,
    log: { ...notBegun, leaves: 0, roots: 0, peaks: [], lastRoot: null },
  };
}

export function incompleteServices({ services }: VerificationRun): ServiceName[] {
  return serviceNames.filter((name) => !services[name].complete);
}

function toEarlier(run: VerificationRun): EarlierRun | null {
  const { startedAt, finishedAt } = run;
  return finishedAt === null ? null : { startedAt, finishedAt, whole: isWhole(run) };
}

/** Milliseconds for which a finished run that nobody has seen still answers who asks. */
const freshFor = 10 * 60_000;

/** Whether who asks at a moment gets a new run: what was found long ago must not be taken for what is so now. */
export function isOver({ shown, finishedAt }: VerificationRun, at: Date): boolean {
  return shown || (finishedAt !== null && at.getTime() - Date.parse(finishedAt) > freshFor);
}

export function isWhole({ services, log }: VerificationRun): boolean {
  return [...Object.values(services), log].every(({ fault }) => fault === null);
}
