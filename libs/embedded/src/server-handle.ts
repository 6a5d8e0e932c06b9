import type { ServerExit, ServerProcess } from './server-process.ts';

/** A running server of ours, or one that somebody else runs (then `pid` is undefined and nothing ends it). */
export interface ServerHandle {
  readonly name: string;
  readonly url: string;
  /** Whether it is ours to end and start; an external server is not. */
  readonly own: boolean;
  /** Of the process that runs now; undefined while it is down, and for an external server. */
  readonly pid: number | undefined;
  /** Resolves when the process that runs now has ended; never for an external server. */
  readonly exited: Promise<ServerExit>;
  /** Ends it in order; data stays. */
  stop(): Promise<void>;
  /** Ends it as a crash would (SIGKILL unless told otherwise); resolves when it is gone. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again with the same port and data; ends it first when it still runs. */
  restart(): Promise<void>;
}

/** A handle whose process is started by `start`, each time on the port and data that `start` has fixed. */
export function ownServer(
  name: string,
  url: string,
  start: () => Promise<ServerProcess>,
  first: ServerProcess,
): ServerHandle {
  let current = first;
  return {
    name,
    url,
    own: true,
    get pid() {
      return current.hasExited() ? undefined : current.pid;
    },
    get exited() {
      return current.exited;
    },
    async stop() {
      if (!current.hasExited()) await current.stop();
    },
    async kill(signal = 'SIGKILL') {
      current.kill(signal);
      await current.exited;
    },
    async restart() {
      if (!current.hasExited()) await current.stop();
      current = await start();
    },
  };
}

/** A handle for a server that is not ours to start or end. */
export function externalServer(name: string, url: string): ServerHandle {
  const refuse = () => Promise.reject(new Error(`${name} is external: it is not ours to kill or restart`));
  return {
    name,
    url,
    own: false,
    pid: undefined,
    exited: new Promise(() => undefined),
    stop: () => Promise.resolve(),
    kill: refuse,
    restart: refuse,
  };
}
