import { afterEach, expect, it } from '@jest/globals';

import { FakeAnalyzer, makePicture, SocketClient, until, VirtualClock, WebhookReceiver } from '@jiga/testing';

import { call } from '../support/call.js';
import { ADMIN_KEY, TestServer } from '../support/start-test-server.js';

const clock = new VirtualClock();
let server: TestServer;
let stopping: Promise<void> = Promise.resolve();

afterEach(async () => {
  clock.advance(60_000);
  await stopping;
  await server.stop();
});

async function start(environment: Readonly<Record<string, string>> = {}): Promise<void> {
  server = await TestServer.start({
    clock,
    analyzer: new FakeAnalyzer(),
    environment: { JIGA_SOCKET_MOVE_GRACE_MS: '5000', ...environment },
  });
}

const eventsUrl = (id: string): string => server.videoUrl(id).replace('streamDirectVideo', 'events/stream');
const readiness = async (): Promise<number> => (await fetch(`${server.origin}/health/ready`)).status;

it('tells clients by when to move, serves them until then, and takes nobody new', async () => {
  await start();
  const id = await server.createSession();
  const video = await server.connectVideo(id);
  const events = await SocketClient.connect(eventsUrl(id), { token: ADMIN_KEY });
  expect(await readiness()).toBe(200);
  const deadline = clock.nowMs() / 1000 + 5;
  stopping = server.stop();
  expect(await video.waitFor('session.moving')).toMatchObject({ deadline });
  expect(await events.waitFor('session.moving')).toMatchObject({ deadline });

  expect(await readiness()).toBe(503);
  const refused = await call(server, 'POST', '/sessions', { user_id: 'late' });
  expect([refused.status, refused.body['code']]).toEqual([503, 'draining']);
  for (const url of [server.videoUrl(id), eventsUrl(id)]) {
    const late = await SocketClient.connect(url, { token: ADMIN_KEY });
    expect(await late.closed).toMatchObject({ code: 1001 });
    expect(late.messages).toMatchObject([{ type: 'error', code: 'draining', retryable: true }]);
  }
  const frame_data = (await makePicture()).toString('base64');
  video.send({ type: 'analyze_frame', frame_data, request_id: 'last' });
  const answer = await video.waitFor(({ request_id }) => request_id === 'last');
  expect(answer.type).toBe('direct_video_analysis_result');

  clock.advance(4_900);
  expect(video.closeReport).toBeNull();
  clock.advance(200);
  expect(await video.closed).toMatchObject({ code: 1001 });
  expect(await events.closed).toMatchObject({ code: 1001 });
  await stopping;
});

it('waits no longer than its clients need', async () => {
  await start();
  const id = await server.createSession();
  const client = await server.connectVideo(id);
  stopping = server.stop();
  await client.waitFor('session.moving');
  await client.close();
  // The clock stands still: nothing waits for the deadline.
  await expect(stopping).resolves.toBeUndefined();
});

it('ends in time although clients go on connecting', async () => {
  await start();
  const id = await server.createSession();
  const client = await server.connectVideo(id);
  stopping = server.stop();
  await client.waitFor('session.moving');
  // None of them answers the close.
  for (let i = 0; i < 5; i++) (await server.connectVideo(id)).rawSocket.pause();
  await client.close();
  await expect(stopping).resolves.toBeUndefined();
});

it('loses nothing that was about to be told', async () => {
  const receiver = await WebhookReceiver.listen();
  await start({ JIGA_WEBHOOK_ALLOWED_HOSTS: '127.0.0.1' });
  await call(server, 'POST', '/webhooks', { url: receiver.url, event_types: ['session.*'] });
  await server.createSession();
  clock.advance(100);
  await until(() => receiver.received.length === 2);
  const outcomes = receiver.received.map(({ body }) => (JSON.parse(body) as { data: { to: string } }).data.to);
  expect(outcomes).toEqual(['created', 'active']);
  await receiver.close();
});
