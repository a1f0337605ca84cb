import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

import { AppError, newId } from '@jiga/contracts';

import { httpStatus } from './http-error.js';
import { PROBLEM_CONTENT_TYPE, toProblem } from './problem.js';

/**
 * Answers what is not HTTP enough to become a request: broken syntax, header fields past their limit, or bytes that
 * stop coming. Nothing is known of such a request, so that the problem's `instance` is `/`; its connection ends.
 */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (socket.writable) socket.write(rawAnswer(refusalOf(error)));
  socket.destroySoon();
}

function refusalOf(error: NodeJS.ErrnoException): AppError {
  const cause = { cause: error };
  if (error.code === 'HPE_HEADER_OVERFLOW') return new AppError('headers_too_large', undefined, cause);
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') return new AppError('request_timeout', undefined, cause);
  return new AppError('malformed_request', undefined, cause);
}

function rawAnswer(error: AppError): string {
  const requestId = newId('request');
  const body = JSON.stringify(toProblem(error, '/', requestId));
  const status = httpStatus(error);
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `content-type: ${PROBLEM_CONTENT_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${requestId}`,
    'x-content-type-options: nosniff',
    'cache-control: no-store',
    'connection: close',
    '',
    body,
  ].join('\r\n');
}
