import { describe, expect, test } from '@jest/globals';
import { createPerson, longestSubject } from '#libs/contracts';
import { claimsMapping, claimsParameter, signedIn } from './claims.ts';

describe('a generic provider', () => {
  const mapping = claimsMapping('generic');

  test('names people by sub', () => {
    const claims = { sub: 'anna', name: 'Anna Lind', acr: 'loa3', sid: 's1', auth_time: 1_800_000_000 };
    expect(signedIn(claims, mapping)).toEqual({
      subject: 'anna',
      name: 'Anna Lind',
      level: 'loa3',
      providerSid: 's1',
      authenticatedAt: 1_800_000_000,
    });
    expect(claimsParameter(mapping)).toBeUndefined();
  });

  test('may be told to name them otherwise; its own name is kept for logout', () => {
    const other = claimsMapping('generic', {
      subject: 'employee_no',
      organisation: 'org',
      scopes: 'openid staff',
    });
    expect(signedIn({ sub: 'x-1', employee_no: 'anna', org: 'RCC' }, other)).toEqual({
      subject: 'anna',
      providerSubject: 'x-1',
      organisation: 'RCC',
    });
    expect(other.scopes).toBe('openid staff');
  });
});

test('Keycloak names people by their user name, since its sub is a random id', () => {
  const claims = {
    sub: '6f9619ff-8b86',
    preferred_username: 'anna',
    given_name: 'Anna',
    family_name: 'Lind',
  };
  expect(signedIn(claims, claimsMapping('keycloak'))).toEqual({
    subject: 'anna',
    providerSubject: '6f9619ff-8b86',
    name: 'Anna Lind',
  });
});

describe("Inera's IdP", () => {
  const claims = {
    sub: 'random',
    employeeHsaId: 'SE2321000016-1a2b',
    organizationHsaId: 'SE2321000016-org',
    acr: 'http://id.sambi.se/loa/loa3',
  };

  test('names people by the HSA-id of their employment, with organisation and level', () => {
    expect(signedIn(claims, claimsMapping('inera'))).toEqual({
      subject: 'SE2321000016-1a2b',
      providerSubject: 'random',
      organisation: 'SE2321000016-org',
      level: 'http://id.sambi.se/loa/loa3',
    });
  });

  test('says more exactly where somebody works by the commission, if that is there', () => {
    const more = { ...claims, commissionHsaId: 'SE2321000016-com' };
    expect(signedIn(more, claimsMapping('inera'))?.organisation).toBe('SE2321000016-com');
  });

  test('is asked for the claims one by one, and for a commission only if the installation wants one', () => {
    expect(JSON.parse(claimsParameter(claimsMapping('inera')) ?? '')).toEqual({
      id_token: {
        employeeHsaId: { essential: true },
        organizationHsaId: null,
        name: null,
        given_name: null,
        family_name: null,
      },
    });
    const asked = claimsParameter(claimsMapping('inera', { organisation: 'commissionHsaId' }));
    expect(Object.keys((JSON.parse(asked ?? '') as { id_token: object }).id_token)).toEqual([
      'employeeHsaId',
      'commissionHsaId',
      'name',
      'given_name',
      'family_name',
    ]);
  });

  test('does not fall back to sub for somebody without an employment', () => {
    expect(signedIn({ sub: 'random' }, claimsMapping('inera'))).toBeUndefined();
  });
});

test('whoever can be recorded in the directory can sign in', () => {
  const sub = 'x'.repeat(longestSubject);
  expect(createPerson.shape.subject.safeParse(sub).success).toBe(true);
  expect(signedIn({ sub }, claimsMapping('generic'))).toEqual({ subject: sub });
});

test.each([[''], [7], [['anna']], [{ id: 'anna' }], ['x'.repeat(longestSubject + 1)]])(
  '%p is no subject',
  (sub) => {
    expect(signedIn({ sub }, claimsMapping('generic'))).toBeUndefined();
  },
);
