import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import type { JigaConfig } from '../config/config.js';
import { pathOf } from '../errors/send-problem.js';
import type { RouteTable } from './route-table.js';

const API_POLICY = "default-src 'none'; frame-ancestors 'none'";
/** For our own pages: their own scripts, pictures they make themselves, and sockets to wherever the API is. */
const PAGE_POLICY = [
  "default-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' data: blob:",
  "style-src 'self' 'unsafe-inline'",
  "connect-src 'self' http: https: ws: wss:",
  "worker-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const ALLOWED_FIELDS =
  'Authorization, Content-Type, Idempotency-Key, Last-Event-ID, Traceparent, X-API-Key, X-Request-Id';
const EXPOSED_FIELDS =
  'Idempotent-Replayed, Link, Location, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, X-Jiga-Response, X-Request-Id';
/** How long a browser may keep the answer to a preflight; Chromium's own bound. */
const PREFLIGHT_MAX_AGE_S = 7_200;
const HSTS_MAX_AGE_S = 31_536_000;

/**
 * What every HTTP answer says to browsers: do not guess types, do not frame, do not tell others where you were; API
 * answers are not kept; and which other origins may read (JIGA_CORS_ORIGINS; none by default).
 */
export function addSecurityHooks(fastify: FastifyInstance, { http, server }: JigaConfig, routes: RouteTable): void {
  const origins = new Set(http.corsOrigins);
  const variesByOrigin = origins.size > 0 && !origins.has('*');
  const isHttps = server.publicUrl?.startsWith('https:') ?? false;
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-content-type-options', 'nosniff');
    void reply.header('referrer-policy', 'no-referrer');
    if (isHttps) void reply.header('strict-transport-security', `max-age=${HSTS_MAX_AGE_S}`);
    allowOrigin(request, reply, origins);
    if (isPreflight(request)) answerPreflight(request, reply, origins, routes);
    else done();
  });
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    const isPage = String(reply.getHeader('content-type') ?? '').startsWith('text/html');
    setUnlessSet(reply, 'content-security-policy', isPage ? PAGE_POLICY : API_POLICY);
    setUnlessSet(reply, 'cache-control', isPage ? 'no-cache' : 'no-store');
    if (variesByOrigin) addVary(reply, 'Origin');
    done(null, payload);
  });
}

/** A browser asking whether another origin's page may make a request. */
const isPreflight = ({ method, headers }: FastifyRequest): boolean =>
  method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined;

/** Credentials are never in cookies, so `Allow-Credentials` is not sent and `*` gives nothing away. */
function allowOrigin({ headers }: FastifyRequest, reply: FastifyReply, origins: ReadonlySet<string>): void {
  if (origins.size === 0) return;
  const isOpen = origins.has('*');
  const { origin } = headers;
  if (origin === undefined || !(isOpen || origins.has(origin))) return;
  void reply.header('access-control-allow-origin', isOpen ? '*' : origin);
  void reply.header('access-control-expose-headers', EXPOSED_FIELDS);
}

/** An origin that is not allowed gets no `Allow-*` fields, and its browser then stops it. */
function answerPreflight(
  request: FastifyRequest,
  reply: FastifyReply,
  origins: ReadonlySet<string>,
  routes: RouteTable,
): void {
  if (origins.has('*') || origins.has(request.headers.origin ?? '')) {
    void reply.header('access-control-allow-methods', routes.methodsOf(pathOf(request)).join(', '));
    void reply.header('access-control-allow-headers', ALLOWED_FIELDS);
    void reply.header('access-control-max-age', String(PREFLIGHT_MAX_AGE_S));
  }
  void reply.status(204).send();
}

function setUnlessSet(reply: FastifyReply, name: string, value: string): void {
  if (reply.getHeader(name) === undefined) void reply.header(name, value);
}

/** Beside what the route itself varies by. */
function addVary(reply: FastifyReply, name: string): void {
  const others = String(reply.getHeader('vary') ?? '');
  void reply.header('vary', others === '' ? name : `${others}, ${name}`);
}
