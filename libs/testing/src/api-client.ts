// oxlint-disable typescript/no-explicit-any -- a test says by what it reads which shape it expects
/** Where the product answers; a started test product, or any other. */
export interface ApiTarget {
  url: string;
}

export interface ApiAnswer<Body = any> {
  status: number;
  headers: Headers;
  /** Parsed when the answer is JSON, else the text. */
  body: Body;
}

export interface RequestOptions {
  /** Sent as it is, or as an `ETag` quotes it when it is a revision number. */
  ifMatch?: string | number | undefined;
  /** Idempotency-Key. */
  key?: string | undefined;
  headers?: Record<string, string> | undefined;
}

/** One client of the API with its identity; paths are below `/insats/v1` unless they begin with `/health` or `/dev`. */
export interface ApiClient {
  get<Body = any>(path: string, options?: RequestOptions): Promise<ApiAnswer<Body>>;
  post<Body = any>(path: string, body?: unknown, options?: RequestOptions): Promise<ApiAnswer<Body>>;
  patch<Body = any>(path: string, body: unknown, options?: RequestOptions): Promise<ApiAnswer<Body>>;
  delete<Body = any>(path: string, options?: RequestOptions): Promise<ApiAnswer<Body>>;
  /** Any method and body; a string body is sent as it is. */
  send<Body = any>(
    method: string,
    path: string,
    body?: unknown,
    options?: RequestOptions,
  ): Promise<ApiAnswer<Body>>;
  token(): Promise<string>;
}

export interface Api {
  /** As one of the demo clients, such as `kansli-sydost`. */
  as(clientId: string): ApiClient;
  /** Without any identity. */
  anonymous: Omit<ApiClient, 'token'>;
}

/** HTTP clients of a product, each with a token from the demo identity provider, fetched once and reused. */
export function api(target: ApiTarget): Api {
  const clients = new Map<string, ApiClient>();
  return {
    as(clientId) {
      const client = clients.get(clientId) ?? createClient(target, tokenSource(target, clientId));
      clients.set(clientId, client);
      return client;
    },
    anonymous: createClient(target),
  };
}

function createClient(target: ApiTarget, token?: () => Promise<string>): ApiClient {
  const send: ApiClient['send'] = async (method, path, body, options = {}) => {
    const headers = new Headers(options.headers);
    if (token && !headers.has('authorization')) headers.set('authorization', `Bearer ${await token()}`);
    if (body !== undefined && !headers.has('content-type')) headers.set('content-type', 'application/json');
    if (options.ifMatch !== undefined) headers.set('if-match', quoted(options.ifMatch));
    if (options.key !== undefined) headers.set('idempotency-key', options.key);
    const payload = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(addressOf(target, path), {
      method,
      headers,
      ...(payload === undefined ? {} : { body: payload }),
    });
    return { status: response.status, headers: response.headers, body: await readBody(response) };
  };
  return {
    send,
    get: (path, options) => send('GET', path, undefined, options),
    post: (path, body, options) => send('POST', path, body, options),
    patch: (path, body, options) => send('PATCH', path, body, options),
    delete: (path, options) => send('DELETE', path, undefined, options),
    token: token ?? (() => Promise.reject(new Error('an anonymous client has no token'))),
  };
}

function addressOf(target: ApiTarget, path: string): string {
  return /^\/(health|dev|insats)\b/.test(path) ? `${target.url}${path}` : `${target.url}/insats/v1${path}`;
}

const quoted = (value: string | number) => (typeof value === 'number' ? `"${value}"` : value);

async function readBody(response: Response): Promise<any> {
  const text = await response.text();
  return /\bjson\b/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : text;
}

/** Fetches a token when first asked, once for all who ask meanwhile, and again shortly before it runs out. */
function tokenSource(target: ApiTarget, clientId: string): () => Promise<string> {
  let fetching: Promise<Token> | undefined;
  let latest: Token | undefined;
  return async () => {
    if (latest && Date.now() < latest.renewAt) return latest.token;
    fetching ??= fetchToken(target, clientId).finally(() => (fetching = undefined));
    latest = await fetching;
    return latest.token;
  };
}

interface Token {
  token: string;
  /** Milliseconds since 1970. */
  renewAt: number;
}

async function fetchToken(target: ApiTarget, clientId: string): Promise<Token> {
  const response = await fetch(`${target.url}/dev/oidc/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: `${clientId}-secret`,
    }),
  });
  if (!response.ok) throw new Error(`no token for ${clientId}: ${response.status} ${await response.text()}`);
  const { access_token: token, expires_in: seconds = 300 } = (await response.json()) as {
    access_token: string;
    expires_in?: number;
  };
  return { token, renewAt: Date.now() + (seconds - 30) * 1000 };
}
