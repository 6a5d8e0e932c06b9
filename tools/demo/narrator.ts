import { type Api, type ApiAnswer, type RequestOptions } from '#libs/testing';

/** Tells the story on the terminal while it happens: each request and its answer, briefly. */
export class Narrator {
  private chapters = 0;

  constructor(private readonly product: Api) {}

  chapter(title: string): void {
    this.chapters += 1;
    process.stdout.write(`\n${this.chapters}. ${title}\n`);
  }

  say(text: string): void {
    process.stdout.write(`   ${text}\n`);
  }

  /** Sends a request as a demo client and tells of it. Another status than expected ends the story. */
  async ask(
    who: string,
    method: 'GET' | 'POST' | 'PATCH',
    path: string,
    expected: number,
    body?: unknown,
    options?: RequestOptions,
  ): Promise<ApiAnswer> {
    const answer = await this.product.as(who).send(method, path, body, options);
    process.stdout.write(`   ${who} → ${method} ${short(path)}  ← ${answer.status} ${gist(answer)}\n`);
    if (answer.status !== expected) {
      throw new Error(`expected ${expected}, got ${answer.status}: ${JSON.stringify(answer.body)}`);
    }
    return answer;
  }
}

function short(path: string): string {
  return path.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, (id) => `${id.slice(-6)}…`);
}

/** What matters of an answer, in a few words. */
function gist({ status, headers, body }: ApiAnswer): string {
  if (status >= 400) {
    const faults = (body.errors ?? []) as { pointer: string; detail: string }[];
    return `${body.code}: ${body.title}${faults.length > 0 ? ` (${faults.map((fault) => fault.pointer).join(', ')})` : ''}`;
  }
  const parts: string[] = [];
  if (headers.get('idempotent-replayed')) parts.push('(samma svar som förra gången)');
  if (body.reference) parts.push(body.reference);
  if (body.state) parts.push(body.state);
  if (body.requested) parts.push(`sökt ${body.requested.amount} kr`);
  if (body.granted) parts.push(`beviljat ${body.granted.amount} kr`);
  if (body.requisitioned) parts.push(`rekvirerat ${body.requisitioned.amount} kr`);
  if (body.paid) parts.push(`betalt ${body.paid.amount} kr`);
  if (body.amount) parts.push(`${body.amount.amount} kr`);
  if (body.page) parts.push(`${body.page.total} st`);
  if (body.left) parts.push(`kvar ${body.left.amount} kr`);
  return parts.join(', ');
}
