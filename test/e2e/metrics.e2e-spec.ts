import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { EventBus } from '@jiga/platform';
import { SessionsService } from '@jiga/sessions';
import { FakeAnalyzer, makePicture } from '@jiga/testing';

import { ServerFigures } from '../../apps/server/src/metrics/server-figures.js';
import { call } from '../support/call.js';
import { ADMIN_KEY, TestServer } from '../support/start-test-server.js';

let server: TestServer;
const analyzer = new FakeAnalyzer();

beforeAll(async () => {
  server = await TestServer.start({ analyzer, credentials: { player: { owner: 'someone' } } });
});
afterAll(() => server.stop());

const scrape = (token?: string): Promise<Response> =>
  fetch(`${server.origin}/metrics`, token ? { headers: { authorization: `Bearer ${token}` } } : {});
const exposed = async (): Promise<string> => (await scrape(ADMIN_KEY)).text();

/** The value of one series, as Prometheus reads it. */
async function valueOf(series: string): Promise<number> {
  const line = (await exposed()).split('\n').find((each) => each.startsWith(`${series} `));
  if (line === undefined) throw new Error(`${series} is not exposed`);
  return Number(line.slice(series.length + 1));
}

it('tells the figures of the whole server, also of sessions that have ended', async () => {
  const before = (await call<Record<string, number>>(server, 'GET', '/metrics')).body;
  const id = await server.createSession();
  const client = await server.connectVideo(id);
  const frame_data = (await makePicture()).toString('base64');
  for (const request_id of ['a', 'b']) client.send({ type: 'analyze_frame', frame_data, request_id });
  await client.waitForCount(2, ({ request_id }) => request_id !== undefined);
  const during = (await call(server, 'GET', '/metrics', undefined, { token: 'player' })).body;
  expect(during).toMatchObject({
    sessions: { active: 1, by_state: { active: 1, closing: 0 }, created: 1, closed: 0, failed: 0 },
    failed_sessions: 0,
    frames: { received: 2 },
  });
  await client.close();
  await server.closeSession(id);
  const after = (await call<Record<string, number>>(server, 'GET', '/metrics')).body;
  expect(after).toMatchObject({ sessions: { active: 0, closed: 1 }, frames: { received: 2, failed: 0 } });
  expect(after['total_operations']).toBeGreaterThan(before['total_operations'] ?? 0);
  expect(after['last_operation_time']).toBeCloseTo(Date.now() / 1000, -1);
});

it('counts the work of a session once while its end is being kept', async () => {
  const id = await server.createSession();
  const { app } = server.server;
  const figures = app.get(ServerFigures, { strict: false });
  app.get(SessionsService, { strict: false }).peek(id)?.metrics.frameReceived(1);
  const before = figures.totals().frames.received;
  const ending: unknown[] = [];
  const unsubscribe = app.get(EventBus).subscribe('session.state_changed', ({ to }) => {
    if (to === 'closed') ending.push([figures.totals().frames.received, figures.liveByState()]);
  });
  await server.closeSession(id);
  unsubscribe();
  expect(ending).toEqual([[before, { created: 0, connecting: 0, active: 0, reconnecting: 0, closing: 0 }]]);
});

it('exposes Prometheus text to admin credentials alone', async () => {
  expect([(await scrape()).status, (await scrape('player')).status]).toEqual([401, 403]);
  const response = await scrape(ADMIN_KEY);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  const text = await response.text();
  // Every sample has its type and help before it.
  const names = new Set(text.match(/^jiga_\w+(?=[{ ])/gm)?.map((name) => name.replace(/_(bucket|sum|count)$/, '')));
  for (const name of names) expect(text).toMatch(new RegExp(`# HELP ${name}[ _]`));
  expect(names).toContain('jiga_event_loop_delay_seconds');
});

it('measures requests by route, never by what a client put into the path', async () => {
  for (const id of ['sess_0000000000000000000000', 'sess_1111111111111111111111']) {
    await call(server, 'GET', `/sessions/${id}`);
  }
  await fetch(`${server.origin}/made-up-by-a-client`);
  const route = 'route="/api/v1/jiga/sessions/:session_id"';
  const series = `jiga_http_request_duration_seconds_count{method="GET",${route},status="404"}`;
  expect(await valueOf(series)).toBe(2);
  const text = await exposed();
  expect(text).not.toContain('sess_0');
  expect(text).not.toContain('made-up');
});

it('counts sessions, sockets, frames and events', async () => {
  const id = await server.createSession();
  const client = await server.connectVideo(id);
  expect(await valueOf('jiga_sessions{state="active"}')).toBe(1);
  expect(await valueOf('jiga_sockets_open')).toBe(1);
  expect(await valueOf('jiga_queue_depth{queue="webhook_outbox"}')).toBe(0);
  const bus = server.server.app.get(EventBus);
  const frame = { id: 'frm_1', width: 64, height: 36, timestamp: 1, source: 'test', channel: null };
  const result = await analyzer.of(id).analyze({ ...frame, bytes: await makePicture() }, 0);
  const metadata = { ...result.metadata, stages_ms: { decode: 2, heavy: 40 }, queue_ms: 1, processing_ms: 43 };
  bus.publish('vision.frame_analysed', { sessionId: id, at: 1, result: { ...result, metadata } });
  const event = { event_id: 'evt_1', type: 'kill', timestamp: 1, confidence: 1, detail: {}, evidence: {} } as const;
  bus.publish('vision.game_event', { sessionId: id, at: 1, event });
  expect(await valueOf('jiga_frames_analysed_total{mode="normal"}')).toBe(1);
  expect(await valueOf('jiga_frame_stage_duration_seconds_sum{stage="heavy"}')).toBeCloseTo(0.04, 5);
  expect(await valueOf('jiga_game_events_total{type="kill"}')).toBe(1);
  await client.close();
  await server.closeSession(id);
  expect(await valueOf('jiga_sessions{state="active"}')).toBe(0);
  expect(await valueOf('jiga_session_transitions_total{to="closed",reason="closed_by_client"}')).toBeGreaterThan(0);
});
