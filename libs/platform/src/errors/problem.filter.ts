import { Catch, Inject, Logger } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { AppError, ERROR_KINDS } from '@jiga/contracts';

import { RouteTable } from '../http/route-table.js';
import { fromHttpError, httpStatus } from './http-error.js';
import { PROBLEM_CONTENT_TYPE, toProblem } from './problem.js';

/** Every failed HTTP request leaves through here, as a problem document. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #log = new Logger(ProblemFilter.name);

  constructor(@Inject(RouteTable) private readonly routes: RouteTable) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const path = pathOf(request);
    const error = this.#withAllowedMethods(fromHttpError(thrown), path, reply);
    this.#record(error);
    if (reply.raw.headersSent) return void reply.raw.destroy();
    if (error.options.retryAfterSeconds !== undefined) {
      void reply.header('retry-after', String(Math.ceil(error.options.retryAfterSeconds)));
    }
    if (error.kind === 'unauthenticated') void reply.header('www-authenticate', 'Bearer realm="jiga"');
    const problem = toProblem(error, path, request.id);
    void reply.status(httpStatus(error)).header('content-type', PROBLEM_CONTENT_TYPE).send(JSON.stringify(problem));
  }

  /** A path that exists under other methods is 405 with `Allow`, not 404. */
  #withAllowedMethods(error: AppError, path: string, reply: FastifyReply): AppError {
    if (error.code !== 'not_found') return error;
    const methods = this.routes.methodsOf(path);
    if (methods.length === 0) return error;
    void reply.header('allow', methods.join(', '));
    return new AppError('method_not_allowed', `This path takes ${methods.join(', ')}.`, { cause: error });
  }

  #record(error: AppError): void {
    const level = ERROR_KINDS[error.kind].log;
    const fields = { code: error.code, ...(level === 'error' ? { err: error.cause ?? error } : {}) };
    if (level === 'error') this.#log.error('Request failed', fields);
    else if (level === 'warn') this.#log.warn('Request refused', fields);
    else this.#log.debug('Request refused', fields);
  }
}

/** The request's path without its query, which may hold a token. */
export const pathOf = (request: { readonly url: string }): string => request.url.split('?', 1)[0] ?? '/';
