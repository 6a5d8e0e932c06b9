// Asks for one address so many times a second until it is told to stop: in a process of its own, since a
// generator of load beside the measuring would be what is measured. It shares the machine with what it asks, so it
// speaks to the sockets itself: an HTTP client costs more than a refusal does. Plain JavaScript: nothing translates
// it.
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const { url, tokens, perSecond, sockets } = JSON.parse(process.argv[2] ?? '{}');
const { hostname, port, pathname } = new URL(url);
/** @type {Record<string, number>} */
const statuses = {};
let asked = 0;
const stop = new AbortController();
process.once('message', () => stop.abort());

const note = (status) => {
  statuses[status] = (statuses[status] ?? 0) + 1;
};

/** Length of the answer that the text begins with; undefined: it has not all come yet. */
function lengthOfAnswer(text) {
  const head = text.indexOf('\r\n\r\n');
  if (head < 0) return undefined;
  const length = head + 4 + Number(/^content-length: *(\d+)/im.exec(text.slice(0, head))?.[1] ?? 0);
  return text.length < length ? undefined : length;
}

/** Sockets that wait for nothing, and those that were cut off. */
const free = [];
const lost = new Set();
for (let index = 0; index < sockets; index += 1) {
  const token = tokens[index % tokens.length];
  const request = `GET ${pathname} HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: Bearer ${token}\r\n\r\n`;
  const socket = connect(Number(port), hostname).setNoDelay();
  const ask = () => socket.write(request);
  let received = '';
  socket.setEncoding('latin1');
  socket.on('data', (chunk) => {
    received += chunk;
    const length = lengthOfAnswer(received);
    if (length === undefined) return;
    note(received.slice(9, 12));
    received = received.slice(length);
    free.push(ask);
  });
  // Whoever is cut off has an answer less, which is told.
  socket.on('close', () => {
    lost.add(socket);
    note('broken');
  });
  socket.on('error', () => undefined);
  free.push(ask);
}

for (const started = performance.now(); !stop.signal.aborted; await sleep(5)) {
  const due = ((performance.now() - started) / 1000) * perSecond;
  for (; asked < due && free.length > 0; asked += 1) free.shift()();
}
while (free.length + lost.size < sockets) await sleep(5);
process.send?.(statuses, () => process.exit());
