import {
  DomainError,
  invalidInput,
  occurred,
  organisationChanged,
  organisationRecorded,
  type ChangeOrganisation,
  type CreateOrganisation,
  type DecisionRoute,
  type Fault,
  type NewEvent,
  type RccCode,
} from '#libs/contracts';
import { rccsOfMemberships } from '../belonging/belonging.ts';
import { changedFields, beforeAfter } from '../changed-fields.ts';
import { isWithin } from '../dated.ts';
import { membershipFaults, type Membership } from './memberships.ts';

export interface Organisation {
  readonly kind: 'rcc' | 'region' | 'national';
  readonly code: string;
  readonly name: string;
  /** Of a region: its place in one RCC or several. Empty for others. */
  readonly memberships: readonly Membership[];
  /** Of an RCC: who decides on the childhood cancer money, and how. Data, since the six RCC differ. */
  readonly decisionRoute: DecisionRoute | null;
  /** The RCC to which it belongs today. Follows from the rest and from the day, see belonging/. */
  readonly rccs: readonly RccCode[];
}

interface Change {
  readonly state: Organisation;
  readonly events: readonly NewEvent[];
}

/** Kind and code name an organisation once and for all, so the id follows from them. */
export function organisationId(organisation: Pick<Organisation, 'kind' | 'code'>): string {
  return `${organisation.kind}-${organisation.code}`;
}

/** Does any part of the organisation belong to the RCC on the day? */
export function belongsTo(
  organisation: Pick<Organisation, 'memberships'>,
  rcc: RccCode,
  on: string,
): boolean {
  return organisation.memberships.some((membership) => membership.rcc === rcc && isWithin(membership, on));
}

/** The RCC to which the organisation belongs on the day: an RCC to itself, the nation to none. */
export function rccsOfOrganisation(
  organisation: Pick<Organisation, 'kind' | 'code' | 'memberships'>,
  on: string,
): RccCode[] {
  if (organisation.kind === 'rcc') return [organisation.code as RccCode];
  return rccsOfMemberships(organisation.memberships, on);
}

/** Errors: `invalid-input` with every fault. `on`: today. */
export function createOrganisation(body: CreateOrganisation, on: string): Change {
  requireSound(body);
  const state: Organisation = { ...body, rccs: rccsOfOrganisation(body, on) };
  return { state, events: [organisationWasRecorded(state)] };
}

/** Errors: `invalid-input` with every fault. `on`: today. */
export function changeOrganisation(organisation: Organisation, body: ChangeOrganisation, on: string): Change {
  const fields = changedFields<Organisation>(organisation, body as Partial<Organisation>);
  if (fields.length === 0) return { state: organisation, events: [] };
  const changed: Organisation = { ...organisation, ...(body as Partial<Organisation>) };
  requireSound(changed);
  const state = fields.includes('memberships')
    ? { ...changed, rccs: rccsOfOrganisation(changed, on) }
    : changed;
  const { kind, code } = state;
  const data = { organisationId: organisationId(state), kind, code, fields };
  return { state, events: [occurred(organisationChanged, data, beforeAfter(fields, organisation, state))] };
}

function requireSound(
  organisation: Pick<Organisation, 'kind' | 'memberships'> & { decisionRoute: unknown },
): void {
  const { kind, memberships, decisionRoute } = organisation;
  const foreign = (pointer: string): Fault => ({ pointer, code: 'not-for-kind', params: { value: kind } });
  const faults = [
    ...(kind !== 'region' && memberships.length > 0 ? [foreign('/memberships')] : []),
    ...(kind !== 'rcc' && decisionRoute !== null ? [foreign('/decisionRoute')] : []),
    ...membershipFaults(memberships),
  ];
  if (faults.length > 0) throw invalidInput(faults);
}

/** Errors: `not-found` when no route is recorded. */
export function routeOf(organisation: Pick<Organisation, 'decisionRoute'> | undefined): DecisionRoute {
  if (!organisation?.decisionRoute) throw new DomainError('not-found');
  return organisation.decisionRoute;
}

/** The event of adding an organisation. */
export function organisationWasRecorded(organisation: Organisation): NewEvent {
  const { kind, code, name, memberships, decisionRoute } = organisation;
  return occurred(
    organisationRecorded,
    { organisationId: organisationId(organisation), kind, code },
    { name, memberships, decisionRoute },
  );
}
