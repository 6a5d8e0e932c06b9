import { scopes } from '#libs/contracts';
import { signatureAlgorithms } from '../identity/trusted-issuer.ts';
import { keysPath, tokenPath } from './token-endpoint.ts';

/** What clients' libraries want to know of an authorization server (RFC 8414, 2). */
export function serverMetadata(issuer: string): Readonly<Record<string, unknown>> {
  return {
    issuer,
    token_endpoint: issuer + tokenPath,
    jwks_uri: issuer + keysPath,
    scopes_supported: scopes,
    // Required by the standard, though there is nothing to be had by an authorization request.
    response_types_supported: [],
    grant_types_supported: ['client_credentials'],
    token_endpoint_auth_methods_supported: ['private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: signatureAlgorithms,
  };
}
