import type { CallResult } from '@jiga/contracts';

import type { ProviderAttempt } from './provider-attempt.js';

/** How a stream is bounded and accounted for. */
export interface StreamTerms<T> {
  /** Longest wait for the first piece and for each further one, in milliseconds. */
  readonly firstTimeoutMs: number;
  readonly nextTimeoutMs: number;
  /** What all pieces up to here have come to. */
  readonly amount: (piece: T) => CallResult;
}

/**
 * A stream of an attempt whose first piece has come: only then it is known that the provider works, and until then
 * another can still take its place.
 */
export class AttemptStream<T> implements AsyncIterable<T> {
  #isTaken = false;

  private constructor(
    private readonly attempt: ProviderAttempt,
    private readonly source: AsyncIterator<T>,
    private readonly first: IteratorResult<T>,
    private readonly terms: StreamTerms<T>,
  ) {}

  /** Rejects when no first piece comes. */
  static async open<T>(
    attempt: ProviderAttempt,
    pieces: AsyncIterable<T>,
    terms: StreamTerms<T>,
  ): Promise<AttemptStream<T>> {
    const source = pieces[Symbol.asyncIterator]();
    const first = await attempt.within(terms.firstTimeoutMs, () => source.next());
    return new AttemptStream(attempt, source, first, terms);
  }

  /** Can be read once. Throws ProviderError from the iterator when it breaks off. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    if (this.#isTaken) throw new Error('A stream of a provider can be read once');
    this.#isTaken = true;
    let result: CallResult | null = null;
    try {
      for (let next = this.first; !next.done; next = await this.#next()) {
        result = this.terms.amount(next.value);
        this.attempt.progress(result);
        yield next.value;
      }
      if (result) this.attempt.succeed(result);
    } catch (error) {
      throw this.attempt.fail(error);
    } finally {
      this.attempt.stop();
      // Not awaited: a provider that hangs would hold up whoever has heard enough.
      void Promise.resolve(this.source.return?.()).catch(() => {});
    }
  }

  #next(): Promise<IteratorResult<T>> {
    return this.attempt.within(this.terms.nextTimeoutMs, () => this.source.next());
  }
}
