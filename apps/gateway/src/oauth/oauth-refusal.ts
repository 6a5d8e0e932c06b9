/** Codes of RFC 6749, 5.2, that we have use for. */
export type OAuthError = 'invalid_request' | 'invalid_client' | 'unsupported_grant_type' | 'invalid_scope';

/** A refusal in the words of OAuth, which clients' libraries read. */
export class OAuthRefusal extends Error {
  /** `message`: printable ASCII without quotation marks, for whoever builds the client. */
  constructor(
    readonly error: OAuthError,
    message: string,
    /** What the log says beyond that: why a client was not believed is not for the client to know. */
    readonly reason = message,
  ) {
    super(message);
  }

  get status(): 400 | 401 {
    return this.error === 'invalid_client' ? 401 : 400;
  }

  get body(): { readonly error: OAuthError; readonly error_description: string } {
    return { error: this.error, error_description: this.message };
  }
}

/** One answer for whatever is wrong with a client's proof: it tells nobody which clients there are. */
export function badClient(reason: string): OAuthRefusal {
  return new OAuthRefusal('invalid_client', 'the client is unknown or its assertion is not good', reason);
}
