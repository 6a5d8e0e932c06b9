/** What a browser takes of one cookie, name and value together, in bytes (RFC 6265, 6.1). */
export const cookieLimit = 4096;

/** A cookie's value in a Cookie header (RFC 6265, 4.2). Undefined: not there, or there twice. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  const found = (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  // Two of one name come from two places, one of which is not ours.
  return found.length === 1 ? found[0] : undefined;
}

/** How our cookies are named and set. */
export class CookieJar {
  readonly session: string;
  readonly signIn: string;
  private readonly attributes: string;

  /**
   * `secure`: only over TLS, and with the prefix by which browsers see to it that no other host and no
   * insecure page can have set the cookie (RFC 6265bis, 4.1.3.2).
   */
  constructor(secure: boolean) {
    const prefix = secure ? '__Host-' : '';
    this.session = `${prefix}insats-session`;
    this.signIn = `${prefix}insats-sign-in`;
    // Lax and not Strict: the provider leads back to us from another site.
    this.attributes = `Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
  }

  /** A Set-Cookie header. `maxAge` in seconds; without it the cookie goes when the browser is closed. */
  set(name: string, value: string, maxAge?: number): string {
    return `${name}=${value}; ${this.attributes}${maxAge === undefined ? '' : `; Max-Age=${maxAge}`}`;
  }

  clear(name: string): string {
    return this.set(name, '', 0);
  }
}
