/** Far more than are removed while something about them can still be under way. */
const REMEMBERED_MAX = 10_000;

/**
 * Sessions whose timelines were removed. What still comes of them, such as a socket that closes late, must not begin
 * them anew: nobody would remove that again.
 */
export class RemovedSessions {
  readonly #ids = new Set<string>();

  add(sessionIds: readonly string[]): void {
    for (const id of sessionIds) {
      this.#ids.add(id);
      const [oldest] = this.#ids;
      if (this.#ids.size > REMEMBERED_MAX && oldest !== undefined) this.#ids.delete(oldest);
    }
  }

  has(sessionId: string): boolean {
    return this.#ids.has(sessionId);
  }
}
