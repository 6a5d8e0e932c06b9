/** What the mail catcher answers, with those of its headers that belong to the content. */
export interface MailAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const passed = ['content-type', 'content-security-policy'];

/** Asks the mail catcher. */
export class DemoMail {
  constructor(private readonly url: string | undefined) {}

  /** `path` below the catcher's address, or a query. Undefined when it does not answer. */
  async fetch(path: string): Promise<MailAnswer | undefined> {
    if (this.url === undefined) return undefined;
    try {
      const response = await fetch(new URL(path, `${this.url}/`), { signal: AbortSignal.timeout(2500) });
      const headers = passed.flatMap((name) => {
        const value = response.headers.get(name);
        return value === null ? [] : [[name, value] as const];
      });
      return { status: response.status, headers: Object.fromEntries(headers), body: await response.text() };
    } catch {
      return undefined;
    }
  }
}
