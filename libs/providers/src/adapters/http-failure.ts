import { ProviderError } from '../provider-error.js';

/** Causes further down than this are of no interest. */
const MAX_CAUSES = 8;
/** Longer than this nobody means. */
const RETRY_AFTER_MAX_MS = 3_600_000;

/** What an HTTP status that is no success means. Never repeats the answer's text, which may show part of a key. */
export function statusFailure(status: number, retryAfter: string | null, cause?: unknown): ProviderError {
  const options = { cause };
  if (status === 401 || status === 403) {
    return new ProviderError('unauthenticated', `It answered ${status}: it refuses the key.`, null, options);
  }
  if (status === 429) {
    return new ProviderError('rate_limited', 'It answered 429: too many calls.', waitOf(retryAfter), options);
  }
  if (status >= 500 || status === 408) {
    return new ProviderError('unavailable', `It answered ${status}.`, waitOf(retryAfter), options);
  }
  return new ProviderError('bad_request', `It answered ${status}: it refuses what was asked.`, null, options);
}

/** Whatever a call over HTTP threw. */
export function callFailure(thrown: unknown, signal: AbortSignal): ProviderError {
  const causes = causesOf(thrown);
  const known = causes.find((cause) => cause instanceof ProviderError);
  if (known) return known;
  if (signal.aborted) return new ProviderError('aborted', 'The call was broken off.', null, { cause: thrown });
  const answer = causes.find(hasStatus);
  if (answer && answer.statusCode >= 300) {
    return statusFailure(answer.statusCode, headerOf(answer, 'retry-after'), thrown);
  }
  if (!answer && causes.some(isOfNetwork)) {
    return new ProviderError('unavailable', 'It cannot be reached, or broke off.', null, { cause: thrown });
  }
  return new ProviderError('bad_answer', 'Its answer cannot be read.', null, { cause: thrown });
}

interface Answered {
  readonly statusCode: number;
  readonly responseHeaders?: Readonly<Record<string, string>>;
}

const hasStatus = (error: unknown): error is Answered =>
  typeof error === 'object' && error !== null && 'statusCode' in error && typeof error.statusCode === 'number';

const headerOf = ({ responseHeaders }: Answered, name: string): string | null => responseHeaders?.[name] ?? null;

/** `fetch` throws TypeError, sockets errors with a code; the SDK wraps some. All else it throws is about what an answer holds. */
function isOfNetwork(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const name = 'name' in error ? error.name : null;
  return name === 'TypeError' || name === 'AI_APICallError' || ('code' in error && typeof error.code === 'string');
}

function causesOf(thrown: unknown): unknown[] {
  const causes: unknown[] = [];
  for (let error = thrown; error !== undefined && error !== null && causes.length < MAX_CAUSES;) {
    causes.push(error);
    error = typeof error === 'object' && 'cause' in error ? error.cause : undefined;
  }
  return causes;
}

/** `Retry-After`: seconds or a date. */
function waitOf(header: string | null): number | null {
  if (header === null) return null;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), RETRY_AFTER_MAX_MS) : null;
}
