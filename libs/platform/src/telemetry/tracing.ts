import { AsyncLocalStorage } from 'node:async_hooks';

import type { Context, Span as OtelSpan, SpanContext, Tracer } from '@opentelemetry/api';

import type { TelemetrySettings } from '../config/delivery.config.js';

export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** A piece of work in a trace. Without tracing it is nothing, and costs nothing. */
export interface TraceSpan {
  set(attributes: SpanAttributes): void;
  /** Marks the work as failed, with a stable word for the cause. */
  fail(cause: string): void;
  end(): void;
  /** W3C `traceparent` for whom this work calls; null without tracing. */
  readonly traceparent: string | null;
  /** Runs `task`, and all that it starts, as part of this work. */
  run<T>(task: () => T): T;
}

export type SpanKind = 'server' | 'client' | 'internal';

interface Sdk {
  readonly api: typeof import('@opentelemetry/api');
  readonly parse: (traceparent: string) => SpanContext | null;
  readonly tracer: Tracer;
  readonly shutdown: () => Promise<void>;
}

const NO_SPAN: TraceSpan = {
  set: () => {},
  fail: () => {},
  end: () => {},
  traceparent: null,
  run: (task) => task(),
};
/** Spans wait this long at most before they are sent. */
const EXPORT_EVERY_MS = 5_000;
const EXPORT_TIMEOUT_MS = 5_000;

/** Traces of one server, sent over OTLP/HTTP. Off unless an endpoint is configured; nothing is loaded for it then. */
export class Tracing {
  readonly #storage = new AsyncLocalStorage<Context>();

  private constructor(private readonly sdk: Sdk | null) {}

  static async start({ otlpEndpoint, serviceName }: TelemetrySettings): Promise<Tracing> {
    return new Tracing(otlpEndpoint === null ? null : await loadSdk(otlpEndpoint, serviceName));
  }

  get isOn(): boolean {
    return this.sdk !== null;
  }

  /**
   * Begins a piece of work: part of what is under way here, or of the caller's trace.
   * @param traceparent of the caller; what is not valid is ignored
   */
  span(name: string, kind: SpanKind, attributes: SpanAttributes = {}, traceparent?: string): TraceSpan {
    if (!this.sdk) return NO_SPAN;
    const { api, tracer, parse } = this.sdk;
    const caller = traceparent === undefined ? null : parse(traceparent);
    const parent = caller ? api.trace.setSpanContext(api.ROOT_CONTEXT, { ...caller, isRemote: true }) : null;
    const context = parent ?? this.#storage.getStore() ?? api.ROOT_CONTEXT;
    const kinds = { server: api.SpanKind.SERVER, client: api.SpanKind.CLIENT, internal: api.SpanKind.INTERNAL };
    const span = tracer.startSpan(name, { kind: kinds[kind], attributes: { ...attributes } }, context);
    return this.#wrap(span, this.sdk, context);
  }

  /** Sends what is left. May be called twice. */
  async close(): Promise<void> {
    await this.sdk?.shutdown();
  }

  #wrap(span: OtelSpan, { api }: Sdk, context: Context): TraceSpan {
    const within = api.trace.setSpan(context, span);
    const { traceId, spanId, traceFlags } = span.spanContext();
    return {
      set: (attributes) => void span.setAttributes({ ...attributes }),
      fail: (cause) => void span.setStatus({ code: api.SpanStatusCode.ERROR, message: cause }),
      end: () => span.end(),
      traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
      run: (task) => this.#storage.run(within, task),
    };
  }
}

/** The SDK takes several hundred milliseconds to load: only a server that traces pays for it. */
async function loadSdk(endpoint: string, serviceName: string): Promise<Sdk> {
  const [api, sdk, core, { OTLPTraceExporter }, { resourceFromAttributes }] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/core'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ]);
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
  const exporter = new OTLPTraceExporter({ url, timeoutMillis: EXPORT_TIMEOUT_MS });
  const processor = new sdk.BatchSpanProcessor({
    exporter,
    maxQueueSize: 4096,
    scheduledDelayMillis: EXPORT_EVERY_MS,
    exportTimeoutMillis: EXPORT_TIMEOUT_MS,
  });
  const provider = new sdk.TracerProvider({
    resource: resourceFromAttributes({ 'service.name': serviceName }),
    spanProcessors: [processor],
  });
  let closing: Promise<void> | null = null;
  return {
    api,
    parse: core.parseTraceParent,
    tracer: provider.getTracer('jiga'),
    // An endpoint that is away must not hold up a stop with an error.
    shutdown: () => (closing ??= provider.shutdown().catch(() => {})),
  };
}
