import { type Socket } from 'node:net';
import { newSpan } from '#libs/platform';
import { renderProblem } from '../output/problem.ts';

/** Answers what is not even HTTP, or came too slowly: Node's own answer would be empty. */
export function answerUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const { status, headers, body } = renderProblem(
    { code: 'malformed-request' },
    { language: 'sv', instance: '', traceId: newSpan().traceId },
  );
  const text = JSON.stringify(body);
  const lines = [
    `HTTP/1.1 ${status} Bad Request`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    `content-length: ${Buffer.byteLength(text)}`,
    'cache-control: no-store',
    'connection: close',
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${text}`);
}
