import type { AppError, ErrorCode, ErrorKind } from '@jiga/contracts';

/** Close codes of the public API (RFC 6455 §7.4, and the 4xxx range for what HTTP would say with a status). */
export const CloseCode = {
  DONE: 1000,
  DRAINING: 1001,
  POLICY: 1008,
  TOO_LARGE: 1009,
  INTERNAL: 1011,
  OVERLOADED: 1013,
  UNAUTHENTICATED: 4401,
  FORBIDDEN: 4403,
  NOT_FOUND: 4404,
  CONFLICT: 4409,
} as const;
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode];

const BY_KIND: Readonly<Record<ErrorKind, CloseCode>> = {
  invalid: CloseCode.POLICY,
  malformed: CloseCode.POLICY,
  unauthenticated: CloseCode.UNAUTHENTICATED,
  forbidden: CloseCode.FORBIDDEN,
  not_found: CloseCode.NOT_FOUND,
  method: CloseCode.POLICY,
  request_timeout: CloseCode.POLICY,
  conflict: CloseCode.CONFLICT,
  too_large: CloseCode.TOO_LARGE,
  unsupported: CloseCode.POLICY,
  rate_limited: CloseCode.POLICY,
  headers_too_large: CloseCode.TOO_LARGE,
  overloaded: CloseCode.OVERLOADED,
  unavailable: CloseCode.OVERLOADED,
  internal: CloseCode.INTERNAL,
};

const BY_CODE: Partial<Record<ErrorCode, CloseCode>> = { draining: CloseCode.DRAINING };

/** The close code that ends a connection because of this error. */
export const closeCodeOf = (error: AppError): CloseCode => BY_CODE[error.code] ?? BY_KIND[error.kind];
