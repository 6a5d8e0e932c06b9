import { type Socket } from 'node:net';
import { newSpan } from '#libs/platform';
import { renderProblem } from '../output/problem.ts';

type Unreadable = (error: Error & { code?: string }, socket: Socket) => void;

/**
 * Answers what is not even HTTP, or came too slowly: Node's own answer would be empty. `security`: the headers
 * of every answer.
 */
export function unreadableAnswers(security: Readonly<Record<string, string>>): Unreadable {
  return (error, socket) => answerUnreadable(error, socket, security);
}

function answerUnreadable(
  error: Error & { code?: string },
  socket: Socket,
  security: Readonly<Record<string, string>>,
): void {
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
    ...Object.entries({ ...security, ...headers }).map(([name, value]) => `${name}: ${value}`),
    `content-length: ${Buffer.byteLength(text)}`,
    'cache-control: no-store',
    'connection: close',
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${text}`);
}
