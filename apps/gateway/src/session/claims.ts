import { longestSubject } from '#libs/contracts';
import { type SignedIn } from './session.ts';

/** Which claims of an identity provider say what we want to know. */
export interface ClaimsMapping {
  /** Claim that names the person as the directory does. */
  readonly subject: string;
  /** Claims that name the person's organisation; the first that is there counts. */
  readonly organisation: readonly string[];
  readonly scopes: string;
  /** Claims to ask for one by one in the ID token (OpenID Connect Core, 5.5). */
  readonly requested: readonly string[];
}

/**
 * The providers whose ways are known.
 *
 * Keycloak: its `sub` is a random id of its own; people are known by their user name.
 *
 * Inera's IdP ("Attributlista" and "Attributstyrning OIDC"): people are known by the HSA-id of their
 * employment, and it hands out only what is asked for. `commissionHsaId` is not asked for by itself, since
 * that makes the person choose one of several commissions before anything is known of what is to be done;
 * an installation that wants it says so with OIDC_ORGANISATION_CLAIM.
 */
export const claimsMappings = {
  generic: { subject: 'sub', organisation: [], scopes: 'openid profile', requested: [] },
  keycloak: { subject: 'preferred_username', organisation: [], scopes: 'openid profile', requested: [] },
  inera: {
    subject: 'employeeHsaId',
    organisation: ['commissionHsaId', 'organizationHsaId'],
    scopes: 'openid',
    requested: ['employeeHsaId', 'organizationHsaId', 'name', 'given_name', 'family_name'],
  },
} as const satisfies Record<string, ClaimsMapping>;

export type ClaimsMappingName = keyof typeof claimsMappings;

/** A mapping with what an installation does otherwise. */
export function claimsMapping(
  name: ClaimsMappingName,
  overrides: {
    readonly subject?: string | undefined;
    readonly organisation?: string | undefined;
    readonly scopes?: string | undefined;
  } = {},
): ClaimsMapping {
  const base: ClaimsMapping = claimsMappings[name];
  const { subject = base.subject, organisation, scopes = base.scopes } = overrides;
  const askedByName = base.requested.length > 0;
  const replaced = [base.subject, ...(organisation === undefined ? [] : base.organisation)];
  const kept = base.requested.filter((claim) => !replaced.includes(claim));
  return {
    subject,
    organisation: organisation === undefined ? base.organisation : [organisation],
    scopes,
    requested: askedByName
      ? [subject, ...(organisation === undefined ? [] : [organisation]), ...kept]
      : base.requested,
  };
}

/** The `claims` parameter of the authorization request; undefined when nothing is asked for one by one. */
export function claimsParameter({ requested, subject }: ClaimsMapping): string | undefined {
  if (requested.length === 0) return undefined;
  const wishes = requested.map((claim) => [claim, claim === subject ? { essential: true } : null]);
  return JSON.stringify({ id_token: Object.fromEntries(wishes) });
}

/** Undefined when the claims do not name the person. */
export function signedIn(
  claims: Readonly<Record<string, unknown>>,
  mapping: ClaimsMapping,
): SignedIn | undefined {
  const subject = text(claims[mapping.subject]);
  const providerSubject = text(claims['sub']);
  if (subject === undefined) return undefined;
  const organisation = mapping.organisation.map((claim) => text(claims[claim])).find((value) => value);
  return withoutGaps({
    subject,
    providerSubject: providerSubject === subject ? undefined : providerSubject,
    providerSid: text(claims['sid']),
    name: nameOf(claims),
    organisation,
    level: text(claims['acr']),
    authenticatedAt: typeof claims['auth_time'] === 'number' ? claims['auth_time'] : undefined,
  });
}

function nameOf(claims: Readonly<Record<string, unknown>>): string | undefined {
  const parts = [text(claims['given_name']), text(claims['family_name'])].filter(
    (part) => part !== undefined,
  );
  return text(claims['name']) ?? (parts.length > 0 ? parts.join(' ') : undefined);
}

/** As long as a subject may be: who can be recorded in the directory and named by a token can also sign in. */
function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= longestSubject ? value : undefined;
}

function withoutGaps<T extends object>(values: T): SignedIn {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as unknown as SignedIn;
}
