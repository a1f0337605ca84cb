import { Catch, Inject, Logger } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { AppError, ERROR_KINDS } from '@jiga/contracts';

import { RouteTable } from '../http/route-table.js';
import { fromHttpError } from './http-error.js';
import { pathOf, sendProblem } from './send-problem.js';

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
    const error = this.#withAllowedMethods(fromHttpError(thrown), request, path, reply);
    this.#record(error);
    if (reply.raw.headersSent) return void reply.raw.destroy();
    sendProblem(reply, error, path, request.id);
  }

  /** A path that exists under other methods is 405 with `Allow`, not 404; one that takes this method just has nothing there. */
  #withAllowedMethods(error: AppError, { method }: FastifyRequest, path: string, reply: FastifyReply): AppError {
    if (error.code !== 'not_found') return error;
    const methods = this.routes.methodsOf(path);
    if (methods.length === 0 || methods.includes(method)) return error;
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
