import { z } from 'zod';
import { readConfig } from '#libs/platform';

/** Settings of the notifications service beside those every service has. */
const notificationsConfig = z.object({
  /** Where mail leaves: `smtp://[user:password@]host:port`, `smtps://…` for TLS from the start. */
  SMTP_URL: z.string().regex(/^smtps?:\/\//, 'expected smtp://host:port or smtps://host:port'),
  MAIL_FROM: z
    .string()
    .regex(/@[^@\s>]+>?$/, 'expected an address, such as Insats <insats@region.example>')
    .default('Insats <insats@insats.example>'),
  /** Where people open web pages of the product; links in mails begin with it. Without it mails have no links. */
  INSATS_PUBLIC_URL: z
    .url()
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
});

export type NotificationsConfig = z.output<typeof notificationsConfig>;

/** Injection token of the {@link NotificationsConfig}. */
export const CONFIG = Symbol('CONFIG');

/** Errors: `ConfigurationError` names the variable and what was expected. */
export function readNotificationsConfig(): NotificationsConfig {
  return readConfig(notificationsConfig);
}
