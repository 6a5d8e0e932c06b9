import {
  observationCorrected,
  observationRecorded,
  occurred,
  type CorrectObservation,
  type Fault,
  type NewEvent,
  type ObservationValue,
  type Period,
  type RccCode,
  type RecordObservation,
} from '#libs/contracts';

export interface ObservationVersion {
  readonly version: number;
  readonly value: ObservationValue;
  /** RFC 3339. */
  readonly recordedAt: string;
  readonly recordedBy: string;
  /** Why it was corrected; null for what was reported first. */
  readonly reason: string | null;
}

/** What one unit reported for one measure and one period, with everything it reported before. */
export interface Observation {
  readonly measureId: string;
  readonly unit: RccCode;
  /** The unit again, under the name by which access rules find it. */
  readonly rcc: RccCode;
  readonly period: Period;
  readonly value: ObservationValue;
  readonly version: number;
  readonly versions: readonly ObservationVersion[];
  /** Follows from who recorded it under which key; absent without one. Unique, see the repository. */
  readonly createdUnder?: string;
}

export interface Recording {
  readonly at: Date;
  readonly by: string;
}

export interface ObservationChange {
  readonly state: Observation;
  readonly events: readonly NewEvent[];
}

export function recordObservation(
  observationId: string,
  input: RecordObservation,
  recording: Recording,
  createdUnder: string | undefined,
): ObservationChange {
  const state: Observation = {
    measureId: input.measureId,
    unit: input.unit,
    rcc: input.unit,
    period: input.period,
    value: input.value,
    version: 1,
    versions: [versionOf(1, input.value, recording, null)],
    // Left out rather than null: the index that keeps it unique counts null as a value.
    ...(createdUnder !== undefined && { createdUnder }),
  };
  const event = occurred(observationRecorded, factsOf(observationId, state), { value: input.value });
  return { state, events: [event] };
}

/** A correction says what it corrects; it cannot move an observation to another measure, unit or period. */
export function faultsOfCorrection(observation: Observation, input: CorrectObservation): Fault[] {
  const { measureId, unit, period } = observation;
  const pairs = [
    ['/measureId', input.measureId, measureId],
    ['/unit', input.unit, unit],
    ['/period/from', input.period.from, period.from],
    ['/period/to', input.period.to, period.to],
  ] as const;
  return pairs
    .filter(([, given, held]) => given !== held)
    .map(([pointer, , held]): Fault => ({ pointer, code: 'not-allowed-value', params: { allowed: held } }));
}

/** Adds a version; what was reported before stays as it was. */
export function correctObservation(
  observationId: string,
  observation: Observation,
  input: CorrectObservation,
  recording: Recording,
): ObservationChange {
  const version = observation.version + 1;
  const state: Observation = {
    ...observation,
    value: input.value,
    version,
    versions: [...observation.versions, versionOf(version, input.value, recording, input.reason)],
  };
  const event = occurred(
    observationCorrected,
    { ...factsOf(observationId, state), observationVersion: version },
    { before: observation.value, after: input.value, reason: input.reason },
  );
  return { state, events: [event] };
}

function versionOf(
  version: number,
  value: ObservationValue,
  { at, by }: Recording,
  reason: string | null,
): ObservationVersion {
  return { version, value, recordedAt: at.toISOString(), recordedBy: by, reason };
}

function factsOf(observationId: string, { measureId, unit, period, value }: Observation) {
  const state = 'state' in value ? value.state : 'reported';
  return { observationId, measureId, unit, from: period.from, to: period.to, state };
}
