import type { FastifyInstance, FastifyRequest } from 'fastify';

import type { Metrics } from './metrics.js';
import type { TraceSpan, Tracing } from './tracing.js';

export interface HttpTelemetry {
  readonly metrics: Metrics;
  readonly tracing: Tracing;
}

/** The route's pattern, never the path: ids and what clients make up must not become labels. */
const routeOf = (request: FastifyRequest): string => request.routeOptions.url ?? 'unmatched';

/** Measures and traces every request; must be the first hooks. `telemetry` is null until the application is there. */
export function addTelemetryHooks(fastify: FastifyInstance, telemetry: () => HttpTelemetry | null): void {
  const spans = new WeakMap<FastifyRequest, TraceSpan>();
  const measures = lazily(telemetry);
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { traceparent } = request.headers;
    const span = telemetry()?.tracing.span(
      `${request.method} ${routeOf(request)}`,
      'server',
      { 'http.request.method': request.method, 'http.route': routeOf(request), 'jiga.request_id': request.id },
      typeof traceparent === 'string' ? traceparent : undefined,
    );
    if (!span) return done();
    spans.set(request, span);
    span.run(done);
  });
  // Reading the body leaves the async context of `onRequest`: it is entered anew for the handler.
  fastify.addHook('preValidation', (request, _reply, done) => {
    const span = spans.get(request);
    if (span) span.run(done);
    else done();
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const span = spans.get(request);
    span?.set({ 'http.response.status_code': reply.statusCode });
    if (reply.statusCode >= 500) span?.fail(String(reply.statusCode));
    span?.end();
    // How long a client reads a stream of events says nothing about the server.
    const isStream = String(reply.getHeader('content-type')).startsWith('text/event-stream');
    const labels = { method: request.method, route: routeOf(request), status: String(reply.statusCode) };
    if (!isStream) measures()?.record(labels, reply.elapsedTime);
    done();
  });
}

function lazily(telemetry: () => HttpTelemetry | null) {
  let requests: ReturnType<typeof requestDurations> | null = null;
  return () => {
    const metrics = telemetry()?.metrics;
    return metrics ? (requests ??= requestDurations(metrics)) : null;
  };
}

const requestDurations = (metrics: Metrics) =>
  metrics.duration('jiga_http_request_duration_seconds', 'How long HTTP requests take.', ['method', 'route', 'status']);
