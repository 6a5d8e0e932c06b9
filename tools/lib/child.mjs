import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { root } from './paths.mjs';

const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs a command with this terminal and resolves with its exit code (128 + signal when killed, as a
 * shell reports it). Signals sent to this process alone reach the command too; the command is given an
 * IPC channel so that it notices if this process is killed with SIGKILL and can end by itself.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: Record<string, string | undefined>, capture?: boolean, ipc?: boolean,
 *   onSpawn?: (child: import('node:child_process').ChildProcess) => void }} [options]
 *   `capture`: collect stdout and stderr instead of showing them
 * @returns {Promise<{ code: number, output: string }>}
 * @throws when the command cannot be started at all
 */
export function run(command, args, options = {}) {
  const stdio = options.capture ? ['ignore', 'pipe', 'pipe'] : ['inherit', 'inherit', 'inherit'];
  if (options.ipc) stdio.push('ipc');
  const child = spawn(command, args, { cwd: root, env: options.env ?? process.env, stdio });
  options.onSpawn?.(child);
  const chunks = [];
  child.stdout?.on('data', (chunk) => chunks.push(chunk));
  child.stderr?.on('data', (chunk) => chunks.push(chunk));
  const handlers = forwarded.map((signal) => [signal, () => child.kill(signal)]);
  for (const [signal, handler] of handlers) process.on(signal, handler);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      resolve({
        code: code ?? 128 + (constants.signals[signal] ?? 0),
        output: Buffer.concat(chunks).toString('utf8'),
      });
    });
  }).finally(() => {
    for (const [signal, handler] of handlers) process.removeListener(signal, handler);
  });
}
