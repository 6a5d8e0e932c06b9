import {
  faultTexts,
  problems,
  type Fault,
  type Language,
  type ProblemMessage,
  type ProblemParams,
} from '#libs/contracts';

export const problemType = 'https://insats.example/problems/';

export interface ProblemContext {
  readonly language: Language;
  /** Path of the request. */
  readonly instance: string;
  readonly traceId: string;
}

/** A problem as it goes to the client. */
export interface RenderedProblem {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A fault as the client reads it. */
export interface RenderedFault {
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

/** What a JSON value is called in Swedish; Zod names the kinds in English. */
const kinds: Readonly<Record<string, string>> = {
  string: 'en text',
  number: 'ett tal',
  int: 'ett heltal',
  boolean: 'true eller false',
  array: 'en lista',
  object: 'ett objekt',
  record: 'ett objekt',
  null: 'null',
};

function fill(template: string, params: ProblemParams): string {
  return template.replace(/\{(\w+)\}/g, (_match, name: string) => String(params[name] ?? '–'));
}

/** A fault in the caller's language. */
export function renderFault(fault: Fault, language: Language): RenderedFault {
  const params = { ...fault.params };
  if (fault.code === 'wrong-type' && language === 'sv') {
    params['expected'] = kinds[String(params['expected'])] ?? params['expected'] ?? '–';
  }
  return { pointer: fault.pointer, code: fault.code, detail: fill(faultTexts[fault.code][language], params) };
}

/** A problem document (RFC 9457) with the headers that its status calls for. */
export function renderProblem(problem: ProblemMessage, context: ProblemContext): RenderedProblem {
  const { status, title, detail } = problems[problem.code];
  const params = problem.params ?? {};
  const { language, instance, traceId } = context;
  const faults = problem.faults ?? [];
  return {
    status,
    headers: {
      'content-type': 'application/problem+json; charset=utf-8',
      'content-language': language,
      ...headersFor(problem, status),
    },
    body: {
      ...problem.extra,
      type: `${problemType}${problem.code}`,
      title: title[language],
      status,
      detail: fill(detail[language], params),
      instance,
      code: problem.code,
      traceId,
      ...(faults.length > 0 && { errors: faults.map((fault) => renderFault(fault, language)) }),
    },
  };
}

function headersFor({ code, params = {} }: ProblemMessage, status: number): Record<string, string> {
  switch (status) {
    case 401:
      return { 'www-authenticate': challenge(params['error']) };
    case 403:
      // RFC 6750, 3.1: so that a client knows which token would do.
      return code === 'insufficient-scope'
        ? { 'www-authenticate': `${challenge('insufficient_scope')}, scope="${params['scope'] ?? ''}"` }
        : {};
    case 405:
      return { allow: String(params['allow'] ?? '') };
    case 412:
      return params['etag'] === undefined ? {} : { etag: String(params['etag']) };
    case 429:
    case 503:
      return { 'retry-after': String(params['seconds'] ?? 2) };
    default:
      return {};
  }
}

/** RFC 6750, 3. `error` only for a client that sent a token. */
function challenge(error?: string | number): string {
  return `Bearer realm="insats"${error === undefined ? '' : `, error="${error}"`}`;
}
