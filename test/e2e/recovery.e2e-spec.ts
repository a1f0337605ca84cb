import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { SessionsService } from '@jiga/sessions';
import { FakeAnalyzer } from '@jiga/testing';

import { TestServer } from '../support/start-test-server.js';

interface SessionBody {
  readonly session_id: string;
  readonly configuration: unknown;
  readonly recreated_from: string | null;
}

describe('a session that failed', () => {
  let server: TestServer;
  let id: string;

  beforeAll(async () => {
    server = await TestServer.start({ analyzer: new FakeAnalyzer(), credentials: { 'bob-token': { owner: 'bob' } } });
    id = await server.createSession({ game: 'openarena', high_speed_vision: true });
    await server.server.app.get(SessionsService).fail(id, 'source_unreachable', 'The channel is offline.', 3);
  });
  afterAll(() => server.stop());

  const read = async (path: string): Promise<unknown> => (await server.fetch(path)).json();

  it('is in state error, and tells why wherever it is asked', async () => {
    const failure = {
      session_id: id,
      user_id: 'tester',
      video_input_source: 'direct_screen',
      reason: 'source_unreachable',
      message: 'The channel is offline.',
      attempts: 3,
      created_at: expect.any(Number),
      failed_at: expect.any(Number),
      state: 'error',
      failed_operations: 1,
      last_operation_time: expect.any(Number),
      twitch_connection_failed: false,
      twitch_error_message: null,
      session_failed_at: expect.any(Number),
    };
    expect(await read(`/sessions/${id}`)).toMatchObject({ state: 'error', state_reason: 'source_unreachable' });
    expect(await read(`/sessions/${id}/failure`)).toEqual(failure);
    expect(await read('/sessions/failed')).toEqual({ items: [failure], next_cursor: null });
    expect(await read(`/sessions/${id}/metrics`)).toMatchObject({
      failed_operations: 1,
      session_failed_at: expect.any(Number),
    });
  });

  it('stays failed when it is closed', async () => {
    const response = await server.fetch(`/sessions/${id}`, { method: 'DELETE' });
    expect([response.status, await response.json()]).toEqual([200, expect.objectContaining({ state: 'error' })]);
  });

  it('gives its configuration to a new one', async () => {
    const response = await server.fetch(`/sessions/${id}/recreate`, { method: 'POST' });
    const session = (await response.json()) as SessionBody;
    const failed = (await read(`/sessions/${id}`)) as SessionBody;
    expect(response.status).toBe(201);
    expect(response.headers.get('location')).toMatch(new RegExp(`/sessions/${session.session_id}$`));
    expect(session).toMatchObject({ state: 'active', recreated_from: id, configuration: failed.configuration });
    expect(session.session_id).not.toBe(id);
    // Its own connections may have come up meanwhile.
    expect(await read(`/sessions/${session.session_id}`)).toEqual({ ...session, auto_connect: expect.anything() });
  });

  it('has a failure to tell only while it is one', async () => {
    const live = await server.createSession();
    const response = await server.fetch(`/sessions/${live}/failure`);
    expect([response.status, await response.json()]).toEqual([
      409,
      expect.objectContaining({ code: 'session_not_failed' }),
    ]);
  });

  it("is nobody else's to see or recreate", async () => {
    const token = 'bob-token';
    expect((await server.fetch(`/sessions/${id}/failure`, { token })).status).toBe(404);
    expect((await server.fetch(`/sessions/${id}/recreate`, { method: 'POST', token })).status).toBe(404);
    expect(await (await server.fetch('/sessions/failed', { token })).json()).toEqual({ items: [], next_cursor: null });
  });
});
