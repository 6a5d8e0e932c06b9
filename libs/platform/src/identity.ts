import { z } from 'zod';
import { readConfig } from './config.ts';

const base64url = /^[A-Za-z0-9_-]{43}$/;

/** Public key of a process: an Ed25519 JWK (RFC 8037). */
const publicJwk = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string().regex(base64url),
  kid: z.string().min(1).max(100),
  d: z.never({ error: 'expected a public key only' }).optional(),
});
export type PublicJwk = Omit<z.output<typeof publicJwk>, 'd'>;

const privateJwk = publicJwk.extend({ d: z.string().regex(base64url) });
export type PrivateJwk = z.output<typeof privateJwk>;

/** JSON in a variable. What the parser has to say may repeat the secret, so it is not told. */
function json<S extends z.ZodType>(schema: S) {
  return z
    .string({ error: 'expected JSON' })
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: 'custom', message: 'expected JSON' });
        return z.NEVER;
      }
    })
    .pipe(schema);
}

const schema = z.object({
  NATS_NKEY: z
    .string()
    .regex(/^SU[A-Z2-7]{56}$/, { error: 'expected the seed of an nkey user' })
    .optional(),
  INTERNAL_KEY: json(privateJwk),
  INTERNAL_KEYS: json(z.record(z.string(), z.array(publicJwk).min(1))),
});

/** What a process is known by on the bus. */
export interface Identity {
  /** Seed of its NATS user; undefined: the server asks for none. */
  readonly nkey: string | undefined;
  /** What it signs its messages with. */
  readonly key: PrivateJwk;
  /** What the messages of each process are verified with; several of one are alive while keys change. */
  readonly keys: Readonly<Record<string, readonly PublicJwk[]>>;
}

/** Reads a process's own keys and everybody's public ones. Throws ConfigurationError without a word of them. */
export function readIdentity(environment: NodeJS.ProcessEnv = process.env): Identity {
  const values = readConfig(schema, environment);
  return { nkey: values.NATS_NKEY, key: values.INTERNAL_KEY, keys: values.INTERNAL_KEYS };
}
