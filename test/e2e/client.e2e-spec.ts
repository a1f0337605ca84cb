import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Callout } from '@jiga/contracts';
import { JigaClient, type Session, type VideoConnection } from '@jiga/client';
import { EventBus } from '@jiga/platform';
import { FakeAnalyzer, makePicture, until } from '@jiga/testing';
import { WebSocket } from 'ws';
import { ADMIN_KEY, TestServer } from '../support/start-test-server.js';

let server: TestServer;
let client: JigaClient;
let picture: Buffer;

beforeAll(async () => {
  server = await TestServer.start({ analyzer: new FakeAnalyzer() });
  client = new JigaClient({ baseUrl: server.origin, apiKey: ADMIN_KEY });
  picture = await makePicture();
});
afterAll(() => server.stop());

/** A session with an open video connection. */
async function open(): Promise<{ session: Session; video: VideoConnection }> {
  const session = await client.createSession({ user_id: 'player-1', high_speed_vision: true, game: 'openarena' });
  const video = client.video(session);
  await video.connect();
  return { session, video };
}

describe('the client against a real server', () => {
  it('creates, reads and deletes a session', async () => {
    const session = await client.createSession({ user_id: 'player-1', high_speed_vision: true });
    expect(session).toMatchObject({ state: 'active', processing_mode: 'high_speed', session_type: 'high_speed' });
    expect(session.configuration.user_id).toBe('player-1');
    await expect(client.getSession(session.session_id)).resolves.toMatchObject({ session_id: session.session_id });
    await expect(client.deleteSession(session.session_id)).resolves.toMatchObject({ state: 'closed' });
  });

  it('explains a refusal', async () => {
    await expect(client.createSession({ user_id: '' })).rejects.toMatchObject({
      code: 'validation_failed',
      status: 422,
    });
    const stranger = new JigaClient({ baseUrl: server.origin, apiKey: 'not-a-key-at-all' });
    await expect(stranger.createSession({ user_id: 'x' })).rejects.toMatchObject({
      code: 'unauthenticated',
      status: 401,
    });
  });

  it('gets a result for each frame, sent as bytes or as base64', async () => {
    const { video } = await open();
    const outcomes = [
      await video.sendFrame(picture, { timestamp: 1_700_000_000.25, source: 'direct_screen', channel: 'one' }),
      await video.sendFrame(picture.toString('base64'), { timestamp: 1_700_000_000.5 }),
    ];
    expect(outcomes).toMatchObject([
      { status: 'result', result: { frame: { timestamp: 1_700_000_000.25, channel: 'one', width: 64 } } },
      { status: 'result', result: { frame: { timestamp: 1_700_000_000.5, channel: null } } },
    ]);
    video.close();
  });

  it('rejects a frame that is no picture and goes on', async () => {
    const { video } = await open();
    await expect(video.sendFrame(new Uint8Array([1, 2, 3]))).rejects.toMatchObject({ code: 'unsupported_image' });
    await expect(video.sendFrame(picture)).resolves.toMatchObject({ status: 'result' });
    video.close();
  });

  it('hands over callouts as they come', async () => {
    const { session, video } = await open();
    const callout: Callout = {
      callout_id: 'call_1',
      text: 'Low health: fall back.',
      priority: 'urgent',
      category: 'survival',
      timestamp: 1_700_000_000,
      expires_at: 1_700_000_005,
      reason: 'health 18',
    };
    const heard = new Promise<Callout>((resolve) => video.on('callout', resolve));
    server.server.app.get(EventBus).publish('vision.callout', { sessionId: session.session_id, at: 1, callout });
    await expect(heard).resolves.toEqual(callout);
    video.close();
  });

  it('is told that the session has ended and does not come back', async () => {
    const { session, video } = await open();
    const closed = new Promise<string>((resolve) => video.on('state', resolve));
    await client.deleteSession(session.session_id);
    await expect(closed).resolves.toBe('closed');
    await expect(client.video(session).connect()).rejects.toMatchObject({ code: 'session_closed', status: 4409 });
  });

  it('follows the timeline over a connection that breaks, each event once', async () => {
    const sockets: WebSocket[] = [];
    class Breakable extends WebSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols);
        sockets.push(this);
      }
    }
    const breakable = new JigaClient({ baseUrl: server.origin, apiKey: ADMIN_KEY, WebSocket: Breakable });
    const session = await client.createSession({ user_id: 'player-1', team_id: 'blue' });
    const events = breakable.events(session, { types: ['team_message'], firstDelayMs: 1 });
    const heard: string[] = [];
    events.on('event', ({ data }) => heard.push((data as { text: string }).text));
    await expect(events.connect()).resolves.toMatchObject({ types: ['team_message'], resumed_from: null });

    const say = (text: string) => client.call('POST', `/sessions/${session.session_id}/team-messages`, { text });
    await say('one');
    await until(() => heard.length === 1);
    sockets[0]?.terminate();
    await say('two');
    await until(() => heard.length === 2);
    await say('three');
    await until(() => heard.length === 3);
    expect(heard).toEqual(['one', 'two', 'three']);
    events.close();
  });

  it('makes a token that is good for one session, ends it, and calls every other route', async () => {
    const session = await client.createSession({ user_id: 'player-1' });
    const other = await client.createSession({ user_id: 'player-2' });
    const { token, token_id } = await client.createToken(session.session_id, {
      permissions: 'configure',
      ttl_seconds: 60,
    });
    const holder = new JigaClient({ baseUrl: server.origin, apiKey: token });
    const skills = { skills: ['text_detection'] };
    await expect(holder.call('PUT', `/sessions/${session.session_id}/skills`, skills)).resolves.toMatchObject(skills);
    await expect(holder.getSession(other.session_id)).rejects.toMatchObject({ status: 404 });
    await expect(client.revokeToken(session.session_id, token_id)).resolves.toMatchObject({ state: 'revoked' });
    await expect(holder.getSession(session.session_id)).rejects.toMatchObject({ status: 401 });
    await client.createToken(session.session_id);
    await expect(client.revokeTokens(session.session_id)).resolves.toBe(1);
  });

  it('is refused with the server’s reason', async () => {
    const { session, video } = await open();
    video.close();
    const stranger = new JigaClient({ baseUrl: server.origin, apiKey: 'not-a-key-at-all' });
    await expect(stranger.video(session).connect()).rejects.toMatchObject({ code: 'unauthenticated', status: 4401 });
  });
});
