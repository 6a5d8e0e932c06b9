import { newInternalKey, publicPartOf } from '#libs/bus-setup';
import { callerNames, type CallerName, type ServiceName } from '#libs/contracts';
import { MessageSigner, MessageVerifier } from '#libs/messaging';
import { type PrivateJwk, type PublicJwk } from '#libs/platform';

export interface TestKeys {
  readonly own: Readonly<Record<CallerName, PrivateJwk>>;
  readonly all: Readonly<Record<CallerName, readonly PublicJwk[]>>;
  signer(issuer: CallerName): MessageSigner;
  verifier(service: ServiceName): MessageVerifier;
}

/** Keys for every process, for tests that put a service together by themselves. */
export function testKeys(): TestKeys {
  const own = Object.fromEntries(callerNames.map((name) => [name, newInternalKey()])) as TestKeys['own'];
  const all = Object.fromEntries(
    callerNames.map((name) => [name, [publicPartOf(own[name])]]),
  ) as unknown as TestKeys['all'];
  return {
    own,
    all,
    signer: (issuer) => new MessageSigner(issuer, own[issuer]),
    verifier: (service) => new MessageVerifier(service, all),
  };
}
