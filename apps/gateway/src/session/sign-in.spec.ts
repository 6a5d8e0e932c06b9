import { expect, test } from '@jest/globals';
import { createLogger } from '#libs/platform';
import { type EndedSessions } from './ended-sessions.ts';
import { type IdentityClient } from './identity-client.ts';
import { LogoutTokenRefused } from './logout-token.ts';
import { SignIn } from './sign-in.ts';

/** Sign-in as far as orders of the provider go, whose tokens fail with `fault`. */
function withVerdict(fault: Error): SignIn {
  const provider: Pick<IdentityClient, 'verifyLogout'> = { verifyLogout: () => Promise.reject(fault) };
  return new SignIn(
    {} as never,
    provider as IdentityClient,
    {} as never,
    {} as EndedSessions,
    createLogger('test', 'silent'),
    () => 0,
  );
}

test('an order that nobody can verify just now is to come again, and a bad one is not', async () => {
  await expect(withVerdict(new TypeError('fetch failed')).endFromProvider(['x'])).rejects.toMatchObject({
    code: 'unavailable',
  });
  expect(await withVerdict(new LogoutTokenRefused('nonce')).endFromProvider(['x'])).toMatch('not valid');
});
