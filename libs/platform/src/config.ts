import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** Raised at start when the environment does not fit; names the variable and what was expected. */
export class ConfigurationError extends Error {}

/**
 * Reads one app's configuration once. Any variable may also come from a file named by `<NAME>_FILE`,
 * which is how secrets are mounted.
 */
export function readConfig<S extends z.ZodObject>(
  schema: S,
  environment: NodeJS.ProcessEnv = process.env,
): z.output<S> {
  const values: Record<string, string> = {};
  for (const name of Object.keys(schema.shape)) {
    const file = environment[`${name}_FILE`];
    const value = file === undefined ? environment[name] : readSecret(name, file);
    if (value !== undefined && value !== '') values[name] = value;
  }
  const result = schema.safeParse(values);
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new ConfigurationError(`The configuration is not complete:\n${faults.join('\n')}`);
}

function readSecret(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    throw new ConfigurationError(`The file named by ${name}_FILE cannot be read: ${file}`);
  }
}

/** What every process needs to know. */
export const commonConfig = {
  INSATS_MODE: z.enum(['production', 'demo']).default('production'),
  INSATS_HOME: z.string().default('.insats'),
  NATS_URL: z.string().default('nats://127.0.0.1:4222'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
};

/** What every service with a database needs to know. */
export const databaseConfig = {
  MONGODB_URL: z.string(),
  MONGODB_PREFIX: z
    .string()
    .regex(/^[a-z][a-z0-9_-]{0,30}$/)
    .default('insats'),
};
