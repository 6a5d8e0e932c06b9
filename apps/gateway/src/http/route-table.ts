/** Which methods a path answers to: for 405 with Allow. Filled as routes are registered. */
export class RouteTable {
  private readonly routes: { readonly pattern: RegExp; readonly methods: readonly string[] }[] = [];

  /** `path` as Fastify writes it, with parameters as `:name`. */
  add(path: string, methods: string | readonly string[]): void {
    const pattern = new RegExp(`^${path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/:\w+/g, '[^/]+')}$`);
    this.routes.push({ pattern, methods: typeof methods === 'string' ? [methods] : methods });
  }

  /** In alphabetical order; empty when nothing lies at the path. */
  methodsOf(path: string): string[] {
    const found = this.routes.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods);
    return [...new Set(found)].toSorted();
  }
}
