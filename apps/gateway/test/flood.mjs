// Asks for one address so many times a second until it is told to stop: in a process of its own, since a
// generator of load beside the measuring would be what is measured. Plain JavaScript: nothing translates it.
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const { url, token, perSecond } = JSON.parse(process.argv[2] ?? '{}');
const agent = new Agent({ keepAlive: true, maxSockets: 32 });
/** @type {Record<string, number>} */
const statuses = {};
const underWay = [];
const stop = new AbortController();
process.once('message', () => stop.abort());

const ask = () =>
  new Promise((resolve) => {
    const note = (status) => {
      statuses[status] = (statuses[status] ?? 0) + 1;
      resolve(undefined);
    };
    request(url, { agent, headers: { authorization: `Bearer ${token}` } }, (response) => {
      response.resume();
      response.on('end', () => note(response.statusCode));
    })
      .on('error', () => note('broken'))
      .end();
  });

for (const started = performance.now(); !stop.signal.aborted; await sleep(10)) {
  const due = ((performance.now() - started) / 1000) * perSecond;
  while (underWay.length < due) underWay.push(ask());
}
await Promise.all(underWay);
agent.destroy();
process.send?.(statuses, () => process.disconnect());
