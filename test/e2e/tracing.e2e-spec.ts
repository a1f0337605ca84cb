import { afterEach, expect, it } from '@jest/globals';

import { FakeAnalyzer, WebhookReceiver } from '@jiga/testing';

import { call } from '../support/call.js';
import { TestServer } from '../support/start-test-server.js';

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[];
}
interface OtlpBody {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly unknown[] };
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
  }[];
}

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = '00f067aa0ba902b7';
const receivers: WebhookReceiver[] = [];

afterEach(() => Promise.all(receivers.splice(0).map((receiver) => receiver.close())));

async function listen(): Promise<WebhookReceiver> {
  const receiver = await WebhookReceiver.listen();
  receiver.behave = (reply) => reply.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  receivers.push(receiver);
  return receiver;
}

it('carries on the trace of a caller, through the server and out of it', async () => {
  const collector = await listen();
  const receiver = await listen();
  const server = await TestServer.start({
    analyzer: new FakeAnalyzer(),
    environment: {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.port}`,
      OTEL_SERVICE_NAME: 'jiga-test',
      JIGA_WEBHOOK_ALLOWED_HOSTS: '127.0.0.1',
    },
  });
  const { body: webhook } = await call(server, 'POST', '/webhooks', { url: receiver.url });
  const headers = { traceparent: `00-${TRACE}-${CALLER}-01` };
  await call(server, 'POST', `/webhooks/${String(webhook['id'])}/test`, undefined, { headers });
  await call(server, 'GET', '/sessions', undefined, { headers: { traceparent: 'nonsense' } });
  await server.stop();

  const bodies = collector.received.map(({ body }) => JSON.parse(body) as OtlpBody);
  expect(collector.received.every(({ path }) => path === '/v1/traces')).toBe(true);
  const spans = bodies.flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)),
  );
  const testing = spans.find(({ name }) => name === 'POST /api/v1/jiga/webhooks/:webhook_id/test');
  const delivery = spans.find(({ name }) => name === 'webhook delivery');
  expect(testing).toMatchObject({ traceId: TRACE, parentSpanId: CALLER, kind: 2 });
  expect(testing?.attributes).toContainEqual({ key: 'http.response.status_code', value: { intValue: 200 } });
  expect(delivery).toMatchObject({ traceId: TRACE, parentSpanId: testing?.spanId, kind: 3 });
  expect(receiver.received[0]?.headers['traceparent']).toBe(`00-${TRACE}-${delivery?.spanId}-01`);
  const own = spans.find(({ name }) => name === 'GET /api/v1/jiga/sessions');
  expect(own?.traceId).toMatch(/^[0-9a-f]{32}$/);
  expect(own?.traceId).not.toBe(TRACE);
  expect(JSON.stringify(bodies[0]?.resourceSpans[0]?.resource)).toContain('jiga-test');
});

it('is silent without an endpoint', async () => {
  const receiver = await listen();
  const server = await TestServer.start({
    analyzer: new FakeAnalyzer(),
    environment: { JIGA_WEBHOOK_ALLOWED_HOSTS: '127.0.0.1' },
  });
  const { body: webhook } = await call(server, 'POST', '/webhooks', { url: receiver.url });
  await call(server, 'POST', `/webhooks/${String(webhook['id'])}/test`);
  await server.stop();
  expect(receiver.received[0]?.headers).not.toHaveProperty('traceparent');
});
