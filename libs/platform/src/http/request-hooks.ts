import { Logger } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { AppError, newId } from '@jiga/contracts';

import { pathOf } from '../errors/send-problem.js';
import type { Shutdown } from '../lifecycle/shutdown.service.js';
import { currentContext, runInContext } from '../logging/request-context.js';
import type { RouteTable } from './route-table.js';

const CLIENT_REQUEST_ID = /^[\w.:=+/-]{1,128}$/;

/** The caller's `X-Request-Id` when it is harmless to log and echo, else one of ours. */
export function requestIdOf(headers: Readonly<Record<string, unknown>>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && CLIENT_REQUEST_ID.test(given) ? given : newId('request');
}

/** What every request gets, whatever its route: its id, its log context, its log line, and 503 while draining. */
export function addRequestHooks(fastify: FastifyInstance, routes: RouteTable, shutdown: () => Shutdown | null): void {
  const log = new Logger('Http');
  fastify.addHook('onRoute', ({ method, url }) => routes.add(method, url));
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    runInContext({ requestId: request.id }, () => done(refusalWhileDraining(request, shutdown()) ?? undefined));
  });
  // Reading the body leaves the async context of `onRequest`: it is entered anew for the handler.
  fastify.addHook('preValidation', (request, _reply, done) => {
    runInContext(currentContext() ?? { requestId: request.id }, done);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    logResponse(log, request, reply);
    done();
  });
}

function refusalWhileDraining(request: FastifyRequest, shutdown: Shutdown | null): AppError | null {
  if (!shutdown?.isDraining || pathOf(request).startsWith('/health/')) return null;
  return new AppError('draining', undefined, { retryAfterSeconds: 1 });
}

function logResponse(log: Logger, request: FastifyRequest, reply: FastifyReply): void {
  const path = pathOf(request);
  const fields = { method: request.method, path, status: reply.statusCode, tookMs: Math.round(reply.elapsedTime) };
  const context = currentContext() ?? { requestId: request.id };
  // Probes come every few seconds and say nothing new.
  runInContext(context, () =>
    path.startsWith('/health/') ? log.debug('Request', fields) : log.log('Request', fields),
  );
}
