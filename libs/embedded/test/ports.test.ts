import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from '@jest/globals';
import { builtFile } from '../src/checkout.ts';
import { freePort, portIsFree } from '../src/ports.ts';
import { afterThisTest } from './temporary.ts';

/** What a call of `freePort` in any process looks at. */
async function isReserved(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  try {
    socket.bind({ port, address: '127.0.0.1', exclusive: true });
    await once(socket, 'listening');
    return false;
  } catch (error) {
    expect(error).toMatchObject({ code: 'EADDRINUSE' });
    return true;
  } finally {
    socket.close();
  }
}

test('a port that was given out can be listened on and is nobody else’s', async () => {
  const port = await freePort();
  expect(await isReserved(port)).toBe(true);
  expect(await portIsFree(port)).toBe(true);
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  afterThisTest(async () => server.close());
  expect(await portIsFree(port)).toBe(false);
});

test('a port is another’s while its process lives, and free when that was killed', async () => {
  const program = `import { freePort } from ${JSON.stringify(builtFile('libs/embedded/src/ports.ts'))};
    console.log(await freePort());
    setInterval(() => undefined, 1000);`;
  const other = spawn(process.execPath, ['--input-type=module', '-e', program], {
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(other.stdout, 'data')) as [Buffer];
  const port = Number(line.toString());
  expect(await isReserved(port)).toBe(true);
  other.kill('SIGKILL');
  await once(other, 'exit');
  expect(await isReserved(port)).toBe(false);
});
