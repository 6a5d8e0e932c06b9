import { accessesKept, occurred, type AccessRecord, type NewEvent } from '#libs/contracts';

/** What the gateway told of at one time. The records stand in the event's private part, and singly beside it. */
export interface AccessBatch {
  readonly records: number;
  /** Of the first record and the last; RFC 3339, machine time. */
  readonly from: string;
  readonly to: string;
  /** Id of the run that thinned it. Absent: the records are there. */
  readonly thinnedBy?: string;
}

export function toBatch(records: readonly AccessRecord[]): AccessBatch {
  const times = records.map(({ at }) => at).toSorted();
  return { records: records.length, from: times[0] ?? '', to: times.at(-1) ?? '' };
}

/** The event that makes the records a link of a chain, which the log then holds. */
export function accessesWereKept(
  batchId: string,
  batch: AccessBatch,
  records: readonly AccessRecord[],
): NewEvent {
  return occurred(accessesKept, { batchId, ...batch }, { records });
}
