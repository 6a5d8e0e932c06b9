import { createHash } from 'node:crypto';
import { CompactEncrypt, compactDecrypt } from 'jose';

interface SealKey {
  readonly id: string;
  readonly secret: Uint8Array;
}

/**
 * Encrypts what lies in the browser (JWE, `dir` with A256GCM: RFC 7516, RFC 7518 4.5 and 5.3), so that it
 * can be neither read nor altered there. The first key encrypts, all decrypt: a new key goes in front, and
 * the old one is taken away when the longest session begun under it is over.
 */
export class CookieSeal {
  private readonly keys: readonly [SealKey, ...SealKey[]];

  /** `keys` of 32 bytes each, at least one. */
  constructor(keys: readonly Uint8Array[]) {
    const [first, ...others] = keys.map((secret) => ({ id: idOf(secret), secret }));
    if (!first) throw new Error('no key for sessions');
    this.keys = [first, ...others];
  }

  /** `purpose` keeps the kinds of cookie apart: what is sealed for one opens for no other. */
  seal(purpose: string, content: object): Promise<string> {
    const [{ id, secret }] = this.keys;
    return new CompactEncrypt(Buffer.from(JSON.stringify(content)))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: id, typ: purpose })
      .encrypt(secret);
  }

  /** Undefined for anything that was not sealed here for this purpose under a key that is still in use. */
  async open(purpose: string, sealed: string): Promise<unknown> {
    try {
      const { plaintext, protectedHeader } = await compactDecrypt(
        sealed,
        ({ kid }) => {
          const key = this.keys.find(({ id }) => id === kid);
          if (!key) throw new Error('unknown key');
          return key.secret;
        },
        { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] },
      );
      if (protectedHeader['typ'] !== purpose) return undefined;
      return JSON.parse(Buffer.from(plaintext).toString('utf8'));
    } catch {
      return undefined;
    }
  }
}

/** Tells keys apart without telling anything of them. */
function idOf(secret: Uint8Array): string {
  return createHash('sha256').update('insats session key').update(secret).digest('base64url').slice(0, 8);
}
