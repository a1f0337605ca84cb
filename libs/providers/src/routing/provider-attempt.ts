import type { CallGrant, CallResult, CancelTimer, Clock } from '@jiga/contracts';
import type { TraceSpan } from '@jiga/platform';

import type { ModelCall } from '../ports/index.js';
import { ProviderError, toProviderError, type ProviderFailure } from '../provider-error.js';
import type { CircuitBreaker } from './circuit-breaker.js';

/** Calls that failed so are taken to have cost what was guessed: the provider did work, or may have. */
const PAID_FAILURES: ReadonlySet<ProviderFailure> = new Set(['bad_answer', 'timeout', 'aborted']);
/** These say nothing about whether the provider works. */
const BLAMELESS: ReadonlySet<ProviderFailure> = new Set(['aborted', 'bad_request']);

export interface AttemptDeps {
  readonly clock: Clock;
  readonly breaker: CircuitBreaker;
  readonly grant: CallGrant;
  readonly span: TraceSpan;
  /** Called once, when it has ended. */
  readonly onEnd: (outcome: 'ok' | ProviderFailure, durationMs: number) => void;
}

/**
 * One call of one provider, from the leave to make it to its account: bounded in time also when the provider ignores its
 * signal, and ended exactly once. A stream stays under way for as long as it is read, with a new bound for each piece.
 */
export class ProviderAttempt {
  readonly #abort = new AbortController();
  readonly #startedMs: number;
  readonly #callerAborted = (): void => void this.fail(new ProviderError('aborted', 'The call was broken off.'));
  #cancelTimer: CancelTimer = () => {};
  #isOpen = true;
  /** What it has cost, should it end now. */
  #soFar: CallResult;

  constructor(
    private readonly choice: Omit<ModelCall, 'signal'>,
    private readonly caller: AbortSignal,
    guess: CallResult,
    private readonly deps: AttemptDeps,
  ) {
    this.#soFar = guess;
    this.#startedMs = deps.clock.monotonicMs();
    if (caller.aborted) this.#callerAborted();
    caller.addEventListener('abort', this.#callerAborted);
  }

  /** What the port is called with. */
  get call(): ModelCall {
    return { ...this.choice, signal: this.#abort.signal };
  }

  /** What `work` comes to; rejects with ProviderError `timeout` after `timeoutMs`, and with `aborted` when the caller has enough. */
  async within<T>(timeoutMs: number, work: () => Promise<T>): Promise<T> {
    const { signal } = this.#abort;
    signal.throwIfAborted();
    this.#cancelTimer = this.deps.clock.after(timeoutMs, () =>
      this.#abort.abort(new ProviderError('timeout', `It gave no answer within ${timeoutMs} ms.`)),
    );
    let stop = (): void => {};
    const broken = new Promise<never>((_resolve, reject) => {
      stop = () => reject(signal.reason as Error);
      signal.addEventListener('abort', stop);
    });
    try {
      return await Promise.race([this.deps.span.run(work), broken]);
    } finally {
      this.#cancelTimer();
      signal.removeEventListener('abort', stop);
    }
  }

  succeed(result: CallResult): void {
    if (!this.#end('ok')) return;
    this.deps.breaker.succeeded();
    this.deps.grant.settle(result);
  }

  /** Notes what it has come to up to here, for when it ends early. */
  progress(soFar: CallResult): void {
    this.#soFar = soFar;
  }

  /** @returns why, as a ProviderError */
  fail(thrown: unknown): ProviderError {
    const reason: unknown = this.#abort.signal.aborted ? this.#abort.signal.reason : thrown;
    const error = toProviderError(reason, this.caller);
    if (!this.#end(error.failure)) return error;
    if (BLAMELESS.has(error.failure)) this.deps.breaker.abandoned();
    else this.deps.breaker.failed(error);
    if (PAID_FAILURES.has(error.failure)) this.deps.grant.settle(this.#soFar);
    else this.deps.grant.release();
    // Whatever the port still does for this call ends.
    this.#abort.abort(error);
    return error;
  }

  /** The listener has heard enough of a stream: no failure, and what was said so far is paid. */
  stop(): void {
    if (!this.#end('aborted')) return;
    this.deps.breaker.succeeded();
    this.deps.grant.settle(this.#soFar);
    this.#abort.abort(new ProviderError('aborted', 'Nobody listens any more.'));
  }

  #end(outcome: 'ok' | ProviderFailure): boolean {
    if (!this.#isOpen) return false;
    this.#isOpen = false;
    this.#cancelTimer();
    this.caller.removeEventListener('abort', this.#callerAborted);
    if (outcome !== 'ok') this.deps.span.fail(outcome);
    this.deps.span.end();
    this.deps.onEnd(outcome, this.deps.clock.monotonicMs() - this.#startedMs);
    return true;
  }
}
