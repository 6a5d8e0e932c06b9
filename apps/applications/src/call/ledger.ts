import { DomainError, decimalKronor, sumOre, toMoney, type Ore } from '#libs/contracts';

/** One decided application in a call's money ledger. */
export interface LedgerEntry {
  readonly applicationId: string;
  readonly reference: string | null;
  readonly region: string;
  readonly themeId: string | null;
  /** `voided`: the application had been withdrawn before it could take over the outcome. */
  readonly outcome: 'granted' | 'rejected' | 'voided';
  readonly amount: Ore;
  readonly conditions: readonly { readonly text: string; readonly dueOn?: string | undefined }[];
  readonly reason: string;
  readonly roundId: string;
  readonly decidedOn: string;
  readonly decidedBy: string;
  /** Actor id of whoever decided the round: takes no part in the payment. */
  readonly recordedBy: string;
}

/** What bounds the money: the frame, the themes' frames and the cap per region. */
export interface Envelope {
  readonly frame: Ore;
  readonly themes: readonly { readonly id: string; readonly frame?: Ore | undefined }[];
  readonly perRegionCap?: Ore | undefined;
}

/** Granted so far; rejected and voided entries take nothing. */
export function grantedOf(
  ledger: readonly LedgerEntry[],
  where: (entry: LedgerEntry) => boolean = () => true,
): Ore {
  return sumOre(
    ledger.filter((entry) => entry.outcome === 'granted' && where(entry)).map((entry) => entry.amount),
  );
}

/**
 * Refuses a ledger that holds an application twice or more money than any bound allows. Looks at the
 * ledger as it would be, so all of a round or nothing of it fits. Errors: `already-decided`,
 * `frame-exceeded` with what is left.
 */
export function extendLedger(
  envelope: Envelope,
  ledger: readonly LedgerEntry[],
  added: readonly LedgerEntry[],
): LedgerEntry[] {
  const decided = new Set(
    ledger.filter((entry) => entry.outcome !== 'voided').map((entry) => entry.applicationId),
  );
  const twice = added.filter((entry) => decided.has(entry.applicationId)).map((entry) => entry.applicationId);
  if (twice.length > 0) throw new DomainError('already-decided', { extra: { applicationIds: twice } });

  const check = (
    scope: string,
    id: string | null,
    limit: Ore,
    where: (entry: LedgerEntry) => boolean,
  ): void => {
    const left = limit - grantedOf(ledger, where);
    const needed = grantedOf(added, where);
    if (needed <= left) return;
    throw new DomainError('frame-exceeded', {
      params: { left: decimalKronor(left), needed: decimalKronor(needed) },
      extra: { scope, ...(id !== null && { scopeId: id }), left: toMoney(left), needed: toMoney(needed) },
    });
  };
  check('frame', null, envelope.frame, () => true);
  for (const theme of envelope.themes) {
    if (theme.frame !== undefined)
      check('theme', theme.id, theme.frame, (entry) => entry.themeId === theme.id);
  }
  const cap = envelope.perRegionCap;
  if (cap !== undefined) {
    for (const region of new Set(added.map((entry) => entry.region))) {
      check('region', region, cap, (entry) => entry.region === region);
    }
  }
  const again = new Set(added.map((entry) => entry.applicationId));
  // A voided entry gives way when its application is decided after all.
  return [...ledger.filter((entry) => !again.has(entry.applicationId)), ...added];
}

/** The outcome of an application that had been withdrawn: the money goes back. Null when there is none to void. */
export function voidEntry(ledger: readonly LedgerEntry[], applicationId: string): LedgerEntry[] | null {
  const entry = ledger.find((each) => each.applicationId === applicationId && each.outcome !== 'voided');
  if (!entry) return null;
  return ledger.map((each) => (each === entry ? { ...each, outcome: 'voided' as const } : each));
}
