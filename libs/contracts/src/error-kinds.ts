/** What sort of failure this is; decides HTTP status, WebSocket behaviour and log level. */
export const ERROR_KINDS = {
  invalid: { status: 422, log: 'debug' },
  malformed: { status: 400, log: 'debug' },
  unauthenticated: { status: 401, log: 'info' },
  forbidden: { status: 403, log: 'info' },
  not_found: { status: 404, log: 'debug' },
  method: { status: 405, log: 'debug' },
  request_timeout: { status: 408, log: 'info' },
  conflict: { status: 409, log: 'debug' },
  too_large: { status: 413, log: 'info' },
  unsupported: { status: 415, log: 'info' },
  rate_limited: { status: 429, log: 'warn' },
  headers_too_large: { status: 431, log: 'info' },
  overloaded: { status: 503, log: 'warn' },
  unavailable: { status: 503, log: 'warn' },
  internal: { status: 500, log: 'error' },
} as const;
export type ErrorKind = keyof typeof ERROR_KINDS;

/** One error code. */
export interface ErrorDefinition {
  readonly kind: ErrorKind;
  readonly title: string;
  /** What the reader should do about it; goes into docs/errors.md. */
  readonly remedy: string;
  /** Whether the same request may succeed later without a change. */
  readonly retryable?: boolean;
}
