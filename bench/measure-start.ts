import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from '#libs/testing';

/** Seconds from `npm start` to a product that says it can do its job, in a data folder that has been used before. */
export async function measureStart(home: string): Promise<number> {
  const port = await freePort();
  const begun = performance.now();
  const child = spawn('npm', ['start'], {
    env: { ...process.env, INSATS_PORT: String(port), INSATS_HOME: home },
    stdio: 'ignore',
  });
  try {
    for (;;) {
      const answer = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined);
      if (answer?.ok) return (performance.now() - begun) / 1000;
      if (child.exitCode !== null) throw new Error(`npm start ended with ${child.exitCode}`);
      if (performance.now() - begun > 120_000) throw new Error('npm start did not get ready');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  } finally {
    if (child.exitCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
  }
}
