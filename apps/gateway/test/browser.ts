/** As much of a browser as signing in takes: cookies by host and port, redirects one by one. */
export class Browser {
  private readonly jars = new Map<string, Map<string, string>>();
  /** Set-Cookie headers of the latest answer. */
  latest: string[] = [];

  /** One request, without following redirects. */
  async send(url: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    const cookie = this.header(url);
    if (cookie !== '' && !headers.has('cookie')) headers.set('cookie', cookie);
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    this.latest = response.headers.getSetCookie();
    const jar = this.jar(url);
    for (const line of this.latest) {
      const [pair = ''] = line.split(';');
      const at = pair.indexOf('=');
      const isGone = /max-age=0|expires=thu, 01 jan 1970/i.test(line);
      if (isGone) jar.delete(pair.slice(0, at));
      else jar.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return response;
  }

  /** Follows redirects until one leads to `until`, which is not visited, or none follows. */
  async follow(
    url: string,
    until: (location: URL) => boolean = () => false,
  ): Promise<{ url: URL; response?: Response }> {
    let next = new URL(url);
    for (let step = 0; step < 12; step += 1) {
      if (until(next)) return { url: next };
      const response = await this.send(next.href);
      const location = response.headers.get('location');
      if (location === null) return { url: next, response };
      await response.arrayBuffer();
      next = new URL(location, next);
    }
    throw new Error('too many redirects');
  }

  cookie(url: string, name: string): string | undefined {
    return this.jar(url).get(name);
  }

  setCookie(url: string, name: string, value: string): void {
    this.jar(url).set(name, value);
  }

  header(url: string): string {
    return [...this.jar(url)].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  private jar(url: string): Map<string, string> {
    const { host } = new URL(url);
    const jar = this.jars.get(host) ?? new Map<string, string>();
    this.jars.set(host, jar);
    return jar;
  }
}
