import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Server as NetServer, Socket } from 'node:net';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import type { SMTPServerDataStream, SMTPServerSession } from 'smtp-server';
import { openMailStore, parseMail } from './caught-mail.ts';
import type { MailStore } from './caught-mail.ts';
import { mailPage } from './mail-page.ts';
import { loopback } from './ports.ts';

export interface MailCatcher {
  /** Where the product sends its mail, `smtp://…`. */
  readonly smtpUrl: string;
  /** Page and messages, `http://…`. */
  readonly httpUrl: string;
  stop(): Promise<void>;
}

const modes = ['ok', 'tempfail', 'reject', 'drop-after-data'] as const;

type Mode = (typeof modes)[number];

/** How the catcher answers the next mails, and for how many of them. */
interface Behaviour {
  mode: Mode;
  times: number;
}

const largestMail = 25 * 1024 * 1024;

/**
 * Starts a mail server that sends nothing on, on free loopback ports; mails are kept in `folder`.
 *
 * - `GET /messages` → `{ items: […] }`, newest last; `DELETE /messages` forgets them
 * - `GET /` a page to read them
 * - `POST /behaviour` `{ mode: 'ok' | 'tempfail' | 'reject' | 'drop-after-data', times? }` for tests:
 *   refuse with 451, refuse with 550, or keep the mail and cut the connection before saying so
 */
export async function startMailCatcher(folder: string): Promise<MailCatcher> {
  const store = openMailStore(join(folder, 'mails.jsonl'));
  const behaviour: Behaviour = { mode: 'ok', times: Infinity };
  const smtp = smtpServer(store, behaviour);
  const http = httpServer(store, behaviour);
  const smtpPort = await listen(smtp.server);
  const httpPort = await listen(http);
  let stopped: Promise<void> | undefined;
  return {
    smtpUrl: `smtp://${loopback}:${smtpPort}`,
    httpUrl: `http://${loopback}:${httpPort}`,
    stop: () => (stopped ??= stop()),
  };

  async function stop(): Promise<void> {
    http.close();
    http.closeAllConnections();
    await new Promise<void>((resolve) => smtp.close(() => resolve()));
    store.close();
  }
}

function smtpServer(store: MailStore, behaviour: Behaviour): SMTPServer {
  const sockets = new Map<number, Socket>();
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    size: largestMail,
    closeTimeout: 500,
    onData(stream, session, done) {
      receive(stream, session).then(
        () => done(),
        (error: Error) => done(error),
      );
    },
  });
  server.server.on('connection', (socket: Socket) => {
    const port = socket.remotePort ?? 0;
    sockets.set(port, socket);
    socket.once('close', () => sockets.delete(port));
  });
  server.on('error', () => undefined);
  return server;

  async function receive(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    const mode = takeMode(behaviour);
    if (mode === 'tempfail') throw smtpError(451, '4.3.0 Try again later');
    if (mode === 'reject') throw smtpError(550, '5.7.1 Refused');
    const recipients = session.envelope.rcptTo.map(({ address }) => address);
    store.add(await parseMail(Buffer.concat(chunks), recipients, new Date()));
    if (mode !== 'drop-after-data') return;
    sockets.get(session.remotePort)?.destroy();
    throw smtpError(421, '4.4.2 Cut');
  }
}

function takeMode(behaviour: Behaviour): Mode {
  const { mode } = behaviour;
  behaviour.times -= 1;
  if (behaviour.times <= 0) Object.assign(behaviour, { mode: 'ok', times: Infinity });
  return mode;
}

function smtpError(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

function httpServer(store: MailStore, behaviour: Behaviour): Server {
  return createServer((request, response) => {
    respond(request, response, store, behaviour).catch((error: unknown) => {
      json(response, 500, { error: String(error) });
    });
  });
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  store: MailStore,
  behaviour: Behaviour,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://catcher');
  switch (`${request.method} ${url.pathname}`) {
    case 'GET /':
      return html(response, mailPage(store.all(), url.searchParams));
    case 'GET /messages':
      return json(response, 200, { items: store.all() });
    case 'DELETE /messages':
      store.clear();
      return json(response, 200, { items: [] });
    case 'GET /behaviour':
      return json(response, 200, shown(behaviour));
    case 'POST /behaviour': {
      const wanted = parseBehaviour(await body(request));
      if (!wanted) return json(response, 422, { error: `mode: ${modes.join(' | ')}; times: integer > 0` });
      Object.assign(behaviour, wanted);
      return json(response, 200, shown(behaviour));
    }
    default:
      return json(response, 404, { error: 'not found' });
  }
}

const shown = ({ mode, times }: Behaviour) => ({ mode, times: Number.isFinite(times) ? times : null });

function parseBehaviour(text: string): Behaviour | undefined {
  try {
    const { mode, times = Infinity } = JSON.parse(text) as { mode?: unknown; times?: unknown };
    const known = modes.find((candidate) => candidate === mode);
    if (!known || typeof times !== 'number' || times < 1) return undefined;
    return { mode: known, times };
  } catch {
    return undefined;
  }
}

async function body(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  });
  response.end(JSON.stringify(value));
}

function html(response: ServerResponse, page: string): void {
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    // No script, no image, nothing from elsewhere, whatever a mail holds.
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
  });
  response.end(page);
}

function listen(server: NetServer): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, loopback, () => resolve((server.address() as AddressInfo).port));
  });
}
