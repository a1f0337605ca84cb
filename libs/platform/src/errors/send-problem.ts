import type { FastifyReply, FastifyRequest } from 'fastify';

import type { AppError } from '@jiga/contracts';

import { fromHttpError, httpStatus } from './http-error.js';
import { PROBLEM_CONTENT_TYPE, toProblem } from './problem.js';

/** The request's path without its query, which may hold a token. */
export const pathOf = (request: { readonly url: string }): string => request.url.split('?', 1)[0] ?? '/';

/** Answers with the problem document of an error. */
export function sendProblem(reply: FastifyReply, error: AppError, path: string, requestId: string): void {
  if (error.options.retryAfterSeconds !== undefined) {
    void reply.header('retry-after', String(Math.ceil(error.options.retryAfterSeconds)));
  }
  if (error.kind === 'unauthenticated') void reply.header('www-authenticate', 'Bearer realm="jiga"');
  const problem = toProblem(error, path, requestId);
  void reply.status(httpStatus(error)).header('content-type', PROBLEM_CONTENT_TYPE).send(JSON.stringify(problem));
}

/** Answers what Fastify refuses before it looks for a route, such as a path that cannot be decoded. */
export function answerFrameworkError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  void reply.header('x-request-id', request.id);
  sendProblem(reply, fromHttpError(error), pathOf(request), request.id);
}
