/**
 * Why a provider did not do its work. `unavailable`: away, overloaded or broken; `rate_limited`: asked too often;
 * `timeout`: too slow; `unauthenticated`: it refuses the key; `bad_request`: it refuses what was asked; `bad_answer`: its
 * answer makes no sense; `aborted`: the caller no longer wants it.
 */
export const PROVIDER_FAILURES = [
  'unavailable',
  'rate_limited',
  'timeout',
  'unauthenticated',
  'bad_request',
  'bad_answer',
  'aborted',
] as const;
export type ProviderFailure = (typeof PROVIDER_FAILURES)[number];

/** The one error that ports throw. `message` may be shown to clients and logged: never put a key, a URL or media in it. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';

  constructor(
    readonly failure: ProviderFailure,
    message: string,
    /** How long the provider asked to be left alone, in milliseconds; null = it did not say. */
    readonly retryAfterMs: number | null = null,
    options: { readonly cause?: unknown } = {},
  ) {
    super(message, options);
  }

  /** Whether the same call may succeed in a moment. */
  get isTransient(): boolean {
    return this.failure === 'unavailable' || this.failure === 'rate_limited';
  }
}

/** Whatever a port threw, as a {@link ProviderError}; `signal` tells whether it was the caller who broke it off. */
export function toProviderError(error: unknown, signal?: AbortSignal): ProviderError {
  if (error instanceof ProviderError) return error;
  if (signal?.aborted) return new ProviderError('aborted', 'The call was broken off.', null, { cause: error });
  return new ProviderError('unavailable', 'The provider failed.', null, { cause: error });
}
