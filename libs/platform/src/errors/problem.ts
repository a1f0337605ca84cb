import { ERROR_KINDS, ERRORS } from '@jiga/contracts';
import type { AppError, FieldError } from '@jiga/contracts';

/** RFC 9457 problem document, with our extension members. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: string;
  readonly request_id: string;
  readonly retryable: boolean;
  readonly errors?: readonly FieldError[];
}

export const PROBLEM_CONTENT_TYPE = 'application/problem+json';

/** Where an error code is explained; relative to the server, so that it works wherever that stands. */
export const problemType = (code: string): string => `/errors#${code}`;

/** The problem document of an error. `instance` is the request's path without its query. */
export function toProblem(error: AppError, instance: string, requestId: string): Problem {
  return {
    ...error.options.details,
    type: problemType(error.code),
    title: ERRORS[error.code].title,
    status: ERROR_KINDS[error.kind].status,
    detail: error.message,
    instance,
    code: error.code,
    request_id: requestId,
    retryable: error.retryable,
    ...(error.options.fields ? { errors: error.options.fields } : {}),
  };
}
