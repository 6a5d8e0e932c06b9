import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';

// What a flood costs a machine even where nothing is done for it: Node reads each request and writes an answer as
// long as a refusal.

const answer = 'x'.repeat(400);
const server = createServer((_request, response) => {
  response.writeHead(429, { 'content-length': answer.length, 'content-type': 'text/plain' }).end(answer);
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
process.send?.((server.address() as AddressInfo).port);
