import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { failPoint, failPointNames, readFailPoints } from './fail-points.ts';

describe('fail points', () => {
  test.each(['production', undefined, '', 'Demo'])('are refused in mode %p', (mode) => {
    expect(() => readFailPoints('relay.before-publish=1', mode)).toThrow(/INSATS_MODE=demo/);
  });

  test.each([undefined, ''])('are not armed by the setting %p, in any mode', (setting) => {
    expect(readFailPoints(setting, 'production').size).toBe(0);
  });

  test('are armed in demo mode with their probabilities, certain when none is given', () => {
    expect(readFailPoints('relay.before-publish=0.01,mail.after-send', 'demo')).toEqual(
      new Map([
        ['relay.before-publish', 0.01],
        ['mail.after-send', 1],
      ]),
    );
  });

  test('must exist', () => {
    expect(() => readFailPoints('relay.before-lunch=1', 'demo')).toThrow(/relay\.before-lunch/);
  });

  // A test that believes it kills, and does not, proves nothing.
  test.each(['x', '2', '-1', '1%', ' ', 'NaN'])('with the probability %p are refused', (probability) => {
    expect(() => readFailPoints(`mail.after-send=${probability}`, 'demo')).toThrow(/mail\.after-send/);
  });

  test('that are not armed do nothing', () => {
    expect(() => failPointNames.forEach((name) => failPoint(name))).not.toThrow();
  });

  // In a process of its own, from the sources: Node strips the types itself.
  const run = (setting: string, mode: string) =>
    spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
      env: { INSATS_FAIL_POINTS: setting, INSATS_MODE: mode },
      encoding: 'utf8',
    });
  const source = fileURLToPath(new URL('fail-points.ts', import.meta.url));
  const program = `
    const { failPoint } = await import(${JSON.stringify(source)});
    failPoint('mail.before-send');
    console.log('still here');
    failPoint('mail.after-send');
    console.log('survived');`;

  test('that are armed end the process as a power cut would', () => {
    const { signal, stdout } = run('mail.after-send=1', 'demo');
    expect({ signal, stdout }).toEqual({ signal: 'SIGKILL', stdout: 'still here\n' });
  });

  test('keep a production process from starting at all', () => {
    const { status, stdout, stderr } = run('mail.after-send=1', 'production');
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain('INSATS_MODE=demo');
  });
});
