import { fork } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from '#libs/testing';
import { httpClient, measure, type Run } from './load.ts';
import { sampleApplication } from './sample.ts';

export interface MonolithFigures {
  readonly createOne: Run;
  readonly createMany: Run;
  readonly submitOne: Run;
  readonly submitMany: Run;
}

export async function measureMonolith(
  mongoUrl: string,
  counts: { one: number; many: number },
): Promise<MonolithFigures> {
  const port = await freePort();
  const child = fork(new URL('./monolith/main.js', import.meta.url), {
    env: { ...process.env, NODE_ENV: 'development', MONGODB_URL: mongoUrl, PORT: String(port) },
  });
  try {
    await once(child, 'message');
    const http = httpClient(`http://127.0.0.1:${port}`);
    const ids: string[] = [];
    const create = async (): Promise<void> => {
      const { status, body } = await http('POST', '/applications', {
        body: sampleApplication('c1', 'kalmar'),
      });
      if (status !== 201) throw new Error(`monolith answered ${status}`);
      ids.push(String(body['_id']));
    };
    let next = 0;
    const submit = async (): Promise<void> => {
      const id = ids[next];
      next += 1;
      const { status } = await http('POST', `/applications/${id}/submission`, { body: {} });
      if (status !== 200) throw new Error(`monolith answered ${status}`);
    };
    await measure(200, 8, create);
    const createOne = await measure(counts.one, 1, create);
    const createMany = await measure(counts.many, 32, create);
    await measure(200, 8, submit);
    return {
      createOne,
      createMany,
      submitOne: await measure(counts.one, 1, submit),
      submitMany: await measure(counts.many, 32, submit),
    };
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
}
