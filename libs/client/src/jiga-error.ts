export interface JigaErrorOptions {
  /** HTTP status or WebSocket close code, where there is one. */
  readonly status?: number;
  readonly retryable?: boolean;
  readonly requestId?: string;
  /** The problem document or error message as received. */
  readonly body?: unknown;
  readonly cause?: unknown;
}

/** Whatever goes wrong between this client and the server. `code` is the server's stable code, or one with `client_`. */
export class JigaError extends Error {
  override readonly name = 'JigaError';
  readonly status: number | undefined;
  readonly retryable: boolean;
  readonly requestId: string | undefined;
  readonly body: unknown;

  constructor(
    readonly code: string,
    message: string,
    options: JigaErrorOptions = {},
  ) {
    super(message, { cause: options.cause });
    this.status = options.status;
    this.retryable = options.retryable ?? false;
    this.requestId = options.requestId;
    this.body = options.body;
  }
}
