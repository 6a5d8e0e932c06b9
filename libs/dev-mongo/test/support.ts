import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { mongo } from 'mongoose';

const program = join(import.meta.dirname, '../../../dist/libs/dev-mongo/src/main.js');

/** A server of its own for a test file, as a child process on a free port. */
export class TestServer {
  readonly folder: string;
  url = '';
  port = 0;
  #child: ChildProcess | undefined;
  #clients: mongo.MongoClient[] = [];

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async start(): Promise<TestServer> {
    const server = new TestServer(mkdtempSync(join(tmpdir(), 'dev-mongo-test-')));
    await server.boot();
    return server;
  }

  /**
   * Starts the process again on the same folder and, when it ran before, the same port.
   * @param fileLimitKb no file may grow over this, as on a disk that gets full
   */
  async boot(fileLimitKb?: number): Promise<void> {
    const portsFile = join(this.folder, 'ports.json');
    rmSync(portsFile, { force: true });
    const args = [
      '--port',
      String(this.port),
      '--data',
      join(this.folder, 'data'),
      '--ports-file',
      portsFile,
    ];
    const child = runServer(args, {}, fileLimitKb);
    this.#child = child.process;
    while (!existsSync(portsFile)) {
      if (this.#child.exitCode !== null) throw new Error(`the server ended: ${child.output()}`);
      await sleep(5);
    }
    const ready = JSON.parse(readFileSync(portsFile, 'utf8')) as { url: string; port: number };
    this.url = ready.url;
    this.port = ready.port;
  }

  async client(options: mongo.MongoClientOptions = {}): Promise<mongo.MongoClient> {
    const client = new mongo.MongoClient(this.url, options);
    this.#clients.push(client);
    return client.connect();
  }

  /** kill -9, and waits until the process is gone. */
  async kill(): Promise<void> {
    const child = this.#child!;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  /** Waits until the process has ended by itself. */
  async ended(): Promise<void> {
    const child = this.#child!;
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }

  /** SIGTERM; gives the exit code. */
  async end(): Promise<number | null> {
    const child = this.#child!;
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    const [code] = (await exited) as [number | null];
    return code;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
    await this.end();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Runs the built program with these arguments. */
export function runServer(args: string[], env: NodeJS.ProcessEnv = {}, fileLimitKb?: number) {
  const command = [process.execPath, program, ...args];
  if (fileLimitKb) command.unshift('bash', '-c', `ulimit -f ${fileLimitKb}; exec "$0" "$@"`);
  const child = spawn(command[0]!, command.slice(1), {
    env: { ...process.env, NODE_OPTIONS: '', NODE_ENV: 'test', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return { process: child, output: () => output };
}

/** The server error that the operation fails with; anything else, success included, is a failure. */
export async function serverError(operation: Promise<unknown>): Promise<mongo.MongoServerError> {
  const outcome = await operation.then(
    () => 'no error at all',
    (error: unknown) => error,
  );
  if (outcome instanceof mongo.MongoServerError) return outcome;
  throw new Error(`expected an error of the server, got ${String(outcome)}`);
}
