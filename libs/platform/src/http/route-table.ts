/** Which methods each path takes, to tell 405 from 404. */
export class RouteTable {
  readonly #routes: { readonly method: string; readonly pattern: RegExp }[] = [];

  /** @param path as Fastify writes it: `/a/:id` or a trailing `*` */
  add(methods: string | readonly string[], path: string): void {
    // A catch-all would make every path known.
    if (path === '*' || path === '/*') return;
    const source = path
      .split('/')
      .map((part) =>
        part.startsWith(':') ? '[^/]+' : part === '*' ? '.*' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
      )
      .join('/');
    const pattern = new RegExp(`^${source}$`);
    for (const method of typeof methods === 'string' ? [methods] : methods) this.#routes.push({ method, pattern });
  }

  /** Methods that some route takes at this path (without query), sorted. */
  methodsOf(path: string): string[] {
    const methods = this.#routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
    return [...new Set(methods)].sort();
  }
}
