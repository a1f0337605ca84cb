/** Matches request paths such as `/sessions/:sessionId/stream` and reads their parameters. */
export class PathPattern {
  readonly #segments: readonly string[];

  constructor(readonly source: string) {
    this.#segments = source.split('/');
  }

  /** The decoded parameters, or null when `pathname` is another path or is not validly percent-encoded. */
  match(pathname: string): Readonly<Record<string, string>> | null {
    const segments = pathname.split('/');
    if (segments.length !== this.#segments.length) return null;
    const params: Record<string, string> = {};
    for (const [index, expected] of this.#segments.entries()) {
      const actual = segments[index] ?? '';
      if (!expected.startsWith(':')) {
        if (actual !== expected) return null;
        continue;
      }
      const value = decode(actual);
      if (!value) return null;
      params[expected.slice(1)] = value;
    }
    return params;
  }
}

function decode(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}
