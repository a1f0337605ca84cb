import { readFile } from 'node:fs/promises';

import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { EventBus } from '@jiga/platform';
import { ProviderRegistry, ProviderRouter } from '@jiga/providers';
import { FakeAnalyzer, FakePorts, makePicture, WebhookReceiver } from '@jiga/testing';

import { call } from '../support/call.js';
import { ADMIN_KEY, TestServer } from '../support/start-test-server.js';

const read = (path: string): Promise<string> => readFile(new URL(`../../ops/${path}`, import.meta.url), 'utf8');

interface Dashboard {
  readonly panels: readonly { readonly title: string; readonly targets?: readonly { readonly expr: string }[] }[];
}

let server: TestServer;
let receiver: WebhookReceiver;
let exposed: string;

beforeAll(async () => {
  const analyzer = new FakeAnalyzer();
  receiver = await WebhookReceiver.listen();
  server = await TestServer.start({ analyzer, environment: { JIGA_WEBHOOK_ALLOWED_HOSTS: '127.0.0.1' } });
  // A server to which everything has happened once: what has never happened has no series yet.
  const id = await server.createSession();
  const { body: webhook } = await call(server, 'POST', '/webhooks', { url: receiver.url });
  await call(server, 'POST', `/webhooks/${String(webhook['id'])}/test`);
  const frame = { id: 'frm_1', width: 64, height: 36, timestamp: 1, source: 'test', channel: null };
  const result = await analyzer.of(id).analyze({ ...frame, bytes: await makePicture() }, 0);
  server.server.app.get(EventBus).publish('vision.frame_analysed', { sessionId: id, at: 1, result });
  await askProvider(id);
  const response = await fetch(`${server.origin}/metrics`, { headers: { authorization: `Bearer ${ADMIN_KEY}` } });
  exposed = await response.text();
});
afterAll(async () => {
  await server.stop();
  await receiver.close();
});

/** A provider that refuses its key, and then is left alone. */
async function askProvider(sessionId: string): Promise<void> {
  const speech = new FakePorts();
  speech.conduct = 'unauthenticated';
  const health = () => ({ state: 'ok', detail: null }) as const;
  const provider = { id: 'cloud', name: 'cloud', isRemote: true, models: { speech: ['m'] }, ports: { speech }, health };
  server.server.app.get(ProviderRegistry).add(provider);
  const { signal } = new AbortController();
  const call = { sessionId, selection: { speech: ['cloud:m'] }, signal };
  const say = () =>
    server.server.app.get(ProviderRouter).speech(call, { text: 'hello', voice: null, language: null, rate: 1 });
  await expect(say()).rejects.toThrow('unauthenticated');
  await expect(say()).rejects.toThrow('left alone');
}

/** Names of our metrics in an expression, as `# TYPE` lines have them. */
const metricsIn = (text: string): string[] =>
  [...new Set(text.match(/\bjiga_\w+/g))].map((name) => name.replace(/_(bucket|sum|count)$/, ''));

/** Names of labels by which an expression selects or sums up, other than Prometheus's own. */
const labelsIn = (text: string): string[] =>
  [...text.matchAll(/by \(([^)]*)\)/g), ...text.matchAll(/\{([^}]*)\}/g)]
    .flatMap(([, list = '']) => list.split(','))
    .map((part) => /^\s*(\w+)/.exec(part)?.[1] ?? '')
    .filter((label) => !['', 'instance', 'job', 'le'].includes(label));

it.each(['grafana/jiga-dashboard.json', 'prometheus/alerts.yml'])(
  'names only metrics that exist in %s',
  async (path) => {
    const names = metricsIn(await read(path));
    expect(names.length).toBeGreaterThan(5);
    for (const name of names) expect(exposed).toMatch(new RegExp(`^# TYPE ${name} `, 'm'));
  },
);

it('asks only for labels that the metrics have', async () => {
  const { panels } = JSON.parse(await read('grafana/jiga-dashboard.json')) as Dashboard;
  const expressions = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
  expect(expressions.length).toBeGreaterThan(20);
  const known = new Set([...exposed.matchAll(/[{,](\w+)="/g)].map(([, label]) => label));
  // Made when it first happens, which it should not.
  for (const label of ['type', 'priority', 'provider', 'capability', 'direction', 'outcome', 'reason'])
    known.add(label);
  for (const expression of expressions) {
    for (const label of labelsIn(expression))
      expect({ expression, known: known.has(label), label }).toMatchObject({ known: true });
  }
});

it('has something on the dashboard or an alert for every metric there is', async () => {
  const watched = new Set([
    ...metricsIn(await read('grafana/jiga-dashboard.json')),
    ...metricsIn(await read('prometheus/alerts.yml')),
  ]);
  const existing = [...exposed.matchAll(/^# TYPE (jiga_\w+) /gm)].map(([, name]) => name);
  expect(existing.filter((name) => name !== undefined && !watched.has(name))).toEqual([]);
});
