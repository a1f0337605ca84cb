import type { ErrorDefinition, ErrorKind } from './error-kinds.js';
import { AUDIO_ERRORS } from './errors.audio.js';

export { ERROR_KINDS, type ErrorKind } from './error-kinds.js';

/** Every stable error code of the public API. `docs/errors.md` is generated from this table. */
export const ERRORS = {
  validation_failed: {
    kind: 'invalid',
    title: 'The request is not valid',
    remedy: 'Correct the fields that `errors` points at.',
  },
  malformed_json: {
    kind: 'malformed',
    title: 'The body is not valid JSON',
    remedy: 'Send one JSON object, UTF-8.',
  },
  malformed_request: {
    kind: 'malformed',
    title: 'The request is not valid HTTP',
    remedy: 'Correct the request line, the header fields or the transfer encoding.',
  },
  request_timeout: {
    kind: 'request_timeout',
    title: 'The request took too long to arrive',
    remedy: 'Send it again, whole and at once.',
    retryable: true,
  },
  headers_too_large: {
    kind: 'headers_too_large',
    title: 'The header fields are too large',
    remedy: 'Send less than 16 KiB of path, query and header fields.',
  },
  unauthenticated: {
    kind: 'unauthenticated',
    title: 'Credentials are missing or not valid',
    remedy: 'Send `Authorization: Bearer <token>` or `X-API-Key`.',
  },
  forbidden: {
    kind: 'forbidden',
    title: 'The credential may not do this',
    remedy: 'Use a credential with the needed permission.',
  },
  identity_provider_unavailable: {
    kind: 'unavailable',
    title: 'The keys of the identity provider cannot be read',
    remedy: 'Try again; the operator should check JIGA_JWKS_URL.',
    retryable: true,
  },
  not_found: { kind: 'not_found', title: 'Nothing is here', remedy: 'Check the path.' },
  method_not_allowed: {
    kind: 'method',
    title: 'This path does not take that method',
    remedy: 'Use a method of the `Allow` header; /docs has them all.',
  },
  session_not_found: {
    kind: 'not_found',
    title: 'No such session',
    remedy: 'Check the id; a session of another owner is not visible.',
  },
  session_token_not_found: {
    kind: 'not_found',
    title: 'No such token of this session',
    remedy: 'Check the id; GET /api/v1/jiga/sessions/{session_id}/tokens lists the tokens.',
  },
  api_key_not_found: {
    kind: 'not_found',
    title: 'No such API key',
    remedy: 'Check the id; GET /api/v1/jiga/api-keys lists the keys.',
  },
  api_key_revoked: {
    kind: 'conflict',
    title: 'The API key was revoked',
    remedy: 'Make a new key.',
  },
  idempotency_key_reused: {
    kind: 'invalid',
    title: 'The idempotency key was used for another request',
    remedy: 'Use a new Idempotency-Key for each different request.',
  },
  idempotency_in_progress: {
    kind: 'conflict',
    title: 'A request with this idempotency key is still under way',
    remedy: 'Wait for the time in `Retry-After`, then send the same request again.',
    retryable: true,
  },
  webhook_not_found: {
    kind: 'not_found',
    title: 'No such webhook',
    remedy: 'Check the id; GET /api/v1/jiga/webhooks lists the webhooks.',
  },
  delivery_not_found: {
    kind: 'not_found',
    title: 'No such webhook delivery',
    remedy: 'Check the id; finished deliveries are kept for a limited time.',
  },
  webhook_disabled: {
    kind: 'conflict',
    title: 'The webhook is off',
    remedy: 'Turn it on with PATCH {"enabled": true} first.',
  },
  webhook_limit: {
    kind: 'conflict',
    title: 'There are as many webhooks as may be registered',
    remedy: 'Delete one you no longer need; the operator can raise JIGA_WEBHOOKS_MAX.',
  },
  no_team: {
    kind: 'conflict',
    title: 'The session is in no team',
    remedy: 'Create the session with a `team_id`.',
  },
  high_speed_not_enabled: {
    kind: 'invalid',
    title: 'High-speed vision not enabled',
    remedy: 'Create the session with `high_speed_vision: true`, or use `/streamDirectVideo`.',
  },
  session_closed: {
    kind: 'conflict',
    title: 'The session has ended',
    remedy: 'Create a new session.',
  },
  session_not_failed: {
    kind: 'conflict',
    title: 'The session has not failed',
    remedy: 'Read its status; only a session in state error has a failure.',
  },
  frame_dropped: {
    kind: 'overloaded',
    title: 'The frame was dropped',
    remedy: 'Send a newer one; the detail says why this one was not analysed.',
    retryable: true,
  },
  immutable_configuration: {
    kind: 'conflict',
    title: 'This setting cannot change after creation',
    remedy: 'Create a new session with the setting you want.',
  },
  body_too_large: { kind: 'too_large', title: 'The body is too large', remedy: 'Send less at once.' },
  message_too_large: { kind: 'too_large', title: 'The message is too large', remedy: 'Send a smaller message.' },
  frame_too_large: {
    kind: 'too_large',
    title: 'The frame has too many bytes or pixels',
    remedy: 'Send a smaller picture; 480×270 is recommended.',
  },
  unsupported_media_type: {
    kind: 'unsupported',
    title: 'This media type is not accepted',
    remedy: 'Send application/json, or a JPEG, PNG or WebP picture where a picture is taken.',
  },
  unsupported_image: {
    kind: 'unsupported',
    title: 'The picture is not JPEG, PNG or WebP',
    remedy: 'Encode the frame as JPEG.',
  },
  invalid_image: {
    kind: 'invalid',
    title: 'The picture cannot be decoded',
    remedy: 'Send a whole, undamaged picture.',
  },
  ...AUDIO_ERRORS,
  invalid_message: {
    kind: 'invalid',
    title: 'The message is not valid',
    remedy: 'See docs/protocol.md for the fields of each message type.',
  },
  unknown_message_type: {
    kind: 'invalid',
    title: 'The message type is unknown',
    remedy: 'See docs/protocol.md for the message types of this socket.',
  },
  not_streaming: {
    kind: 'conflict',
    title: 'No streaming is on',
    remedy: 'Send `start_streaming` first.',
  },
  already_streaming: {
    kind: 'conflict',
    title: 'Streaming is already on',
    remedy: 'Send `stop_streaming` before starting again.',
  },
  socket_limit: {
    kind: 'overloaded',
    title: 'The session has its full number of sockets',
    remedy: 'Close another socket of this session first.',
    retryable: true,
  },
  rate_limited: {
    kind: 'rate_limited',
    title: 'Too many requests',
    remedy: 'Wait for the time in `Retry-After`.',
    retryable: true,
  },
  session_limit: {
    kind: 'rate_limited',
    title: 'Too many live sessions',
    remedy: 'Close a session you no longer need, or wait for the time in `Retry-After`.',
    retryable: true,
  },
  draining: {
    kind: 'overloaded',
    title: 'The server is shutting down',
    remedy: 'Connect again; another instance or the restarted one will answer.',
    retryable: true,
  },
  vision_failed: {
    kind: 'internal',
    title: 'The frame could not be analysed',
    remedy: 'Try the next frame; report it with the request id if it goes on.',
    retryable: true,
  },
  capability_unavailable: {
    kind: 'unavailable',
    title: 'This capability is not available on this server',
    remedy: 'The detail says how to turn it on.',
  },
  internal: {
    kind: 'internal',
    title: 'Something went wrong on the server',
    remedy: 'Try again; report it with the request id if it goes on.',
    retryable: true,
  },
} as const satisfies Record<string, ErrorDefinition>;
export type ErrorCode = keyof typeof ERRORS;

/** One thing that is wrong with a request body: `pointer` is a JSON Pointer (RFC 6901) into it. */
export interface FieldError {
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

export interface AppErrorOptions {
  readonly fields?: readonly FieldError[];
  /** More members for the problem document; never secrets or media. */
  readonly details?: Readonly<Record<string, string | number | boolean | null>>;
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/**
 * The one error that features throw. `platform` maps it once to an HTTP problem document, a WebSocket `error`
 * message and a log level. `message` is shown to clients: write it for them.
 */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly kind: ErrorKind;
  readonly retryable: boolean;

  constructor(
    readonly code: ErrorCode,
    message: string = ERRORS[code].title,
    readonly options: AppErrorOptions = {},
  ) {
    super(message, { cause: options.cause });
    const definition: ErrorDefinition = ERRORS[code];
    this.kind = definition.kind;
    this.retryable = definition.retryable ?? false;
  }
}

/** A thrown value as an {@link AppError}; anything unforeseen becomes `internal`, keeping its cause. */
export function toAppError(error: unknown): AppError {
  return error instanceof AppError ? error : new AppError('internal', undefined, { cause: error });
}
