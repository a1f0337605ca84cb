import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { FakeAnalyzer, SocketClient, VirtualClock } from '@jiga/testing';

import { call } from '../support/call.js';
import { ADMIN_KEY, TestServer } from '../support/start-test-server.js';

const clock = new VirtualClock();
let server: TestServer;

beforeAll(async () => {
  // No ping of the server's falls into the time that passes: a client could not answer it in no time.
  const environment = { JIGA_SOCKET_PING_INTERVAL_MS: '600000' };
  server = await TestServer.start({ clock, analyzer: new FakeAnalyzer(), environment });
});
afterAll(() => server.stop());

const stateOf = async (id: string): Promise<unknown> => {
  const { state, state_reason: reason } = (await call(server, 'GET', `/sessions/${id}`)).body;
  return [state, reason];
};

it('a session lasts as long as a client speaks on a socket or sends something, and no longer', async () => {
  const id = await server.createSession({ idle_timeout_seconds: 60, team_id: 'red' });
  const socket = await SocketClient.connect(`${server.socketOrigin}/sessions/${id}/events/stream`, {
    token: ADMIN_KEY,
  });
  await socket.waitFor(({ type }) => type === 'events_stream_connected');
  clock.advance(50_000);
  socket.send({ type: 'ping' });
  await socket.waitFor(({ type }) => type === 'pong');
  clock.advance(50_000);
  expect(await stateOf(id)).toEqual(['active', 'endpoints_ready']);
  expect((await call(server, 'POST', `/sessions/${id}/team-messages`, { text: 'still here' })).status).toBe(201);
  clock.advance(50_000);
  socket.send({ type: 'ping', heartbeat: true, request_id: 'heartbeat' });
  await socket.waitFor(({ request_id }) => request_id === 'heartbeat');
  // Reading makes no use of it, nor does a socket that is only open, whose client asks whether it still lives.
  expect(await stateOf(id)).toEqual(['active', 'endpoints_ready']);
  clock.advance(10_000);
  expect(await socket.closed).toMatchObject({ code: 1000 });
  expect(await stateOf(id)).toEqual(['closed', 'idle_timeout']);
});
