import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { commonConfig, ConfigurationError, databaseConfig, readConfig } from './config.ts';

const folder = mkdtempSync(join(tmpdir(), 'insats-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

const schema = z.object({
  ...commonConfig,
  ...databaseConfig,
  PORT: z.coerce.number().int().min(1).max(65_535),
});
const whole = { MONGODB_URL: 'mongodb://db', PORT: '3000' };

function refusal(environment: NodeJS.ProcessEnv): string {
  try {
    readConfig(schema, environment);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    return (error as Error).message;
  }
  throw new Error('it was accepted');
}

describe('configuration', () => {
  test('takes the usual values for what is not set, and production for the mode', () => {
    expect(readConfig(schema, whole)).toEqual({
      INSATS_MODE: 'production',
      INSATS_HOME: '.insats',
      NATS_URL: 'nats://127.0.0.1:4222',
      LOG_LEVEL: 'info',
      MONGODB_URL: 'mongodb://db',
      MONGODB_PREFIX: 'insats',
      PORT: 3000,
    });
  });

  test('names every variable that does not fit and what was expected, in one message', () => {
    const message = refusal({ PORT: '70000', INSATS_MODE: 'prod', MONGODB_PREFIX: '9' });
    expect(message).toMatch(/^ {2}PORT: .*65535/m);
    expect(message).toMatch(/^ {2}INSATS_MODE: .*"production"\|"demo"/m);
    expect(message).toMatch(/^ {2}MONGODB_PREFIX: /m);
    expect(message).toMatch(/^ {2}MONGODB_URL: .*string/m);
  });

  test('never repeats a value, which may be a secret', () => {
    expect(
      refusal({ ...whole, PORT: 'hunter2', LOG_LEVEL: 'hunter2', MONGODB_PREFIX: 'Hunter2' }),
    ).not.toMatch(/hunter2/i);
  });

  test('takes an empty variable for one that is not set', () => {
    expect(readConfig(schema, { ...whole, LOG_LEVEL: '' }).LOG_LEVEL).toBe('info');
    expect(refusal({ ...whole, MONGODB_URL: '' })).toContain('MONGODB_URL');
  });

  test('reads any variable from a file, without the line break at its end', () => {
    const file = join(folder, 'url');
    writeFileSync(file, 'mongodb://anna:hemligt@db\n');
    expect(readConfig(schema, { PORT: '1', MONGODB_URL_FILE: file }).MONGODB_URL).toBe(
      'mongodb://anna:hemligt@db',
    );
  });

  test('prefers the file, so that a mounted secret is not silently overruled', () => {
    const file = join(folder, 'preferred');
    writeFileSync(file, 'mongodb://file');
    expect(readConfig(schema, { ...whole, MONGODB_URL_FILE: file }).MONGODB_URL).toBe('mongodb://file');
  });

  test('names the variable whose file cannot be read', () => {
    expect(refusal({ ...whole, MONGODB_URL_FILE: join(folder, 'none') })).toMatch(/MONGODB_URL_FILE.*none/);
  });

  test('does not take in what it did not ask for', () => {
    expect(readConfig(schema, { ...whole, PATH: '/bin' })).not.toHaveProperty('PATH');
  });
});
