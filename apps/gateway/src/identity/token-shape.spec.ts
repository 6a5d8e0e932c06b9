import { describe, expect, test } from '@jest/globals';
import { DomainError } from '#libs/contracts';
import { refuseConfusion, refuseUnusualHeader } from './token-shape.ts';
import { type TrustedIssuer } from './trusted-issuer.ts';

/** The code of the refusal; any other error is a fault. */
function refusal(work: () => void): string | null {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
}

const refused = 'not-authenticated';

// Asked alone: what comes after it, jose, would refuse some of them as well.
describe('the header of a token', () => {
  const withHeader = (header: unknown): string =>
    `${Buffer.from(JSON.stringify(header)).toString('base64url')}.e30.AA`;

  test('says by what it is signed, as what, and with which key', () => {
    const usual = { alg: 'EdDSA', typ: 'at+jwt', kid: 'k' };
    expect(refusal(() => refuseUnusualHeader(withHeader(usual)))).toBeNull();
  });

  test.each(['jku', 'jwk', 'x5u', 'x5c', 'crit'])('is refused with %s', (name) => {
    expect(refusal(() => refuseUnusualHeader(withHeader({ alg: 'EdDSA', [name]: 'x' })))).toBe(refused);
  });

  test.each(['', 'x', '%%%.e30.AA'])('is refused when it cannot be read: %p', (token) => {
    expect(refusal(() => refuseUnusualHeader(token))).toBe(refused);
  });
});

describe('an access token', () => {
  const issuer = {
    types: new Set(['at+jwt', 'jwt']),
    idTokenAudiences: new Set(['insats-web']),
  } as unknown as TrustedIssuer;
  const told = (typ: string | undefined, payload = {}): string | null =>
    refusal(() => refuseConfusion(issuer, typ, payload));

  test.each(['at+jwt', 'AT+JWT', 'application/at+jwt', 'Application/JWT'])(
    'is one by its type: %s',
    (typ) => {
      expect(told(typ)).toBeNull();
    },
  );

  test.each([undefined, '', 'id+jwt', 'x-application/at+jwt', 'at+jwtapplication/', 'application/'])(
    'is none by its type: %p',
    (typ) => {
      expect(told(typ)).toBe(refused);
    },
  );

  test.each([
    [{ aud: 'insats', typ: 'Bearer' }, null],
    [{ aud: ['insats', 'other'] }, null],
    [{ aud: 'insats-web' }, refused],
    [{ aud: ['insats', 'insats-web'] }, refused],
    [{ nonce: 'x' }, refused],
    [{ at_hash: 'x' }, refused],
    [{ c_hash: 'x' }, refused],
    [{ s_hash: 'x' }, refused],
    [{ events: {} }, refused],
    [{ typ: 'ID' }, refused],
  ])('is told from others by its claims: %j', (payload, outcome) => {
    expect(told('JWT', payload)).toBe(outcome);
  });
});
