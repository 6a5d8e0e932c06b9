import { setTimeout as sleep } from 'node:timers/promises';
import { type JWTVerifyGetKey } from 'jose';
import { SharedMarks, type Bus } from '#libs/messaging';
import { type Logger } from '#libs/platform';
import { CookieJar } from './cookies.ts';
import { CookieSeal } from './cookie-seal.ts';
import { EndedSessions } from './ended-sessions.ts';
import { IdentityClient } from './identity-client.ts';
import { demoSessionKeys } from './session-keys.ts';
import { Sessions } from './sessions.ts';
import { SharedGenerations } from './shared-generations.ts';
import { SignIn } from './sign-in.ts';
import { type SignInConfig } from './sign-in.config.ts';

const attempts = 30;
/** Milliseconds. */
const pause = 1000;

/** What the gateway needs for people's sign-in. */
export interface SignInParts {
  readonly signIn: SignIn;
  readonly sessions: Sessions;
  close(): void;
}

/** Puts sign-in together; resolves when it is known which sessions have ended, and which cookies are replaced. */
export async function openSignIn(
  config: SignInConfig,
  around: { bus: Bus; keys: JWTVerifyGetKey; home: string; logger: Logger },
): Promise<SignInParts> {
  const now = (): number => Math.floor(Date.now() / 1000);
  const marks = await openMarks(config, around);
  const seal = new CookieSeal(config.keys ?? demoSessionKeys(around.home));
  const ended = new EndedSessions(marks, now);
  const sessions = new Sessions(config, new CookieJar(config.secure), {
    seal,
    ended,
    generations: new SharedGenerations(marks),
    logger: around.logger,
    now,
  });
  const provider = new IdentityClient(config, around.keys);
  const signIn = new SignIn(sessions, provider, seal, ended, around.logger, now);
  return { signIn, sessions, close: () => marks.close() };
}

/** A NATS that has just started may not have a leader for its streams yet. */
async function openMarks(
  config: SignInConfig,
  { bus, logger }: { bus: Bus; logger: Logger },
): Promise<SharedMarks> {
  const options = { bucket: 'ended-sessions', ttl: config.absolute * 1000, replicas: config.replicas };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await SharedMarks.open(bus, options);
    } catch (error) {
      if (attempt === attempts) throw error;
      logger.warn({ err: error }, 'waiting for the store of ended sessions');
      await sleep(pause);
    }
  }
}
