import { AppError, ERROR_KINDS, ERRORS, toAppError } from '@jiga/contracts';
import type { ErrorCode } from '@jiga/contracts';

/** Our code for what Fastify or Nest refuse by themselves, by HTTP status. */
const CODE_OF_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: 'malformed_json',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  408: 'request_timeout',
  413: 'body_too_large',
  415: 'unsupported_media_type',
  422: 'validation_failed',
  429: 'rate_limited',
  431: 'headers_too_large',
  503: 'draining',
};

/** Any thrown value as an {@link AppError}: ours as it is, the framework's by its status, the rest as `internal`. */
export function fromHttpError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof URIError || codeOf(error) === 'FST_ERR_BAD_URL')
    return new AppError('not_found', undefined, { cause: error });
  const code = CODE_OF_STATUS[statusOf(error) ?? 0];
  return code ? new AppError(code, ERRORS[code].title, { cause: error }) : toAppError(error);
}

export const httpStatus = (error: AppError): number => ERROR_KINDS[error.kind].status;

/** Fastify's errors carry `statusCode`, Nest's `getStatus()`. */
function statusOf(error: unknown): number | null {
  if (typeof error !== 'object' || error === null) return null;
  if ('getStatus' in error && typeof error.getStatus === 'function') return Number(error.getStatus());
  return 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : null;
}

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
