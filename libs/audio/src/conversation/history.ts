export interface Exchange {
  readonly id: string;
  readonly role: 'player' | 'jiga';
  readonly text: string;
}

const ENTRIES_MAX = 24;

/** What was said on both sides, as far as it was heard: what an interrupted answer did not get to say was not said. */
export class TalkHistory {
  #entries: readonly Exchange[] = [];

  /** Oldest first. */
  get entries(): readonly Exchange[] {
    return this.#entries;
  }

  /** The last words of JIGA; null before the first. */
  get lastAnswer(): string | null {
    return this.#entries.findLast(({ role }) => role === 'jiga')?.text ?? null;
  }

  add(entry: Exchange): void {
    if (entry.text !== '') this.#entries = [...this.#entries, entry].slice(-ENTRIES_MAX);
  }

  /** Adds to an answer that is still being said. */
  extend(id: string, text: string): void {
    const known = this.#entries.find((entry) => entry.id === id && entry.role === 'jiga');
    if (!known) return this.add({ id, role: 'jiga', text });
    this.#replace(known, `${known.text} ${text}`.trim());
  }

  /** Cuts an answer to what was heard of it. */
  trim(id: string, heard: string): void {
    const known = this.#entries.find((entry) => entry.id === id && entry.role === 'jiga');
    if (known) this.#replace(known, heard);
  }

  #replace(known: Exchange, text: string): void {
    this.#entries = this.#entries.flatMap((entry) => {
      if (entry !== known) return [entry];
      return text === '' ? [] : [{ ...known, text }];
    });
  }
}
