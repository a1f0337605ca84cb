import { readFileSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import type { ValidateFunction } from 'ajv';

import { CHANNELS, DIRECT_VIDEO_CHANNEL, HIGH_SPEED_CHANNEL, asyncApiDocument } from '@jiga/contracts';
import type { WireChannel } from '@jiga/contracts';
import { EventBus } from '@jiga/platform';
import { FakeAnalyzer, makePicture, SocketClient } from '@jiga/testing';

import { closed } from '../support/closed-schema.js';
import { ADMIN_KEY, TestServer } from '../support/start-test-server.js';

const CALLOUT = {
  callout_id: 'call_1',
  text: 'x',
  priority: 'info',
  category: 'c',
  timestamp: 1,
  expires_at: 2,
  reason: 'r',
} as const;

const isAbout = (errors: unknown, pointer: string): boolean =>
  Array.isArray(errors) && errors.every((error: { pointer?: unknown }) => error.pointer === pointer);

describe('what travels on the video sockets is what is documented', () => {
  const ajv = new Ajv({ strict: true, allowUnionTypes: true, strictTypes: false, allErrors: true });
  let server: TestServer;

  const expectDocumented = (channel: WireChannel, client: SocketClient): void => {
    const validators = new Map<string, ValidateFunction>(
      channel.messages
        .filter(({ from }) => from === 'server')
        .map(({ type, schema }) => [type, ajv.compile(closed(schema))]),
    );
    for (const message of client.messages) {
      const validate = validators.get(message.type);
      expect([message.type, validate?.(message), validate?.errors ?? []]).toEqual([message.type, true, []]);
    }
    // `session.moving` comes when the server stops.
    const documented = [...validators.keys()].filter((type) => type !== 'session.moving');
    expect([...new Set(client.messages.map(({ type }) => type))].sort()).toEqual(documented.sort());
    expect(client.messages.map(({ seq }) => seq)).toEqual(client.messages.map((_, i) => i + 1));
  };
  const tellCallout = async (sessionId: string, client: SocketClient): Promise<void> => {
    server.server.app.get(EventBus).publish('vision.callout', { sessionId, at: 1, callout: CALLOUT });
    await client.waitFor('callout');
    await client.close();
  };

  beforeAll(async () => {
    server = await TestServer.start({ analyzer: new FakeAnalyzer() });
  });
  afterAll(() => server.stop());

  it('message by message on /streamDirectVideo, every type of them', async () => {
    const sessionId = await server.createSession();
    const client = await server.connectVideo(sessionId);
    const frame_data = (await makePicture()).toString('base64');
    client.rawSocket.cork();
    for (let i = 0; i < 5; i++) client.send({ type: 'analyze_frame', frame_data, request_id: i, frame_id: `f${i}` });
    client.rawSocket.uncork();
    for (const message of [
      { type: 'start_streaming', interval: 0.02 },
      { type: 'frame', frame_data },
      { type: 'ping', request_id: 'p' },
      { type: 'nonsense' },
      { type: 'analyze_frame', timestamp: 'x', request_id: 'e' },
      { type: 'stop_streaming' },
    ]) {
      client.send(message);
    }
    await client.waitFor('streaming_stopped');
    await client.waitForCount(2, ({ type }) => type === 'error');
    await tellCallout(sessionId, client);
    expectDocumented(DIRECT_VIDEO_CHANNEL, client);
  });

  it('message by message on /high-speed/stream, every type of them', async () => {
    const high_speed_config = { max_concurrent_analyses: 1, target_p95_ms: 100 };
    const sessionId = await server.createSession({ high_speed_vision: true, high_speed_config });
    const client = await server.connectHighSpeed(sessionId);
    const frame_data = (await makePicture()).toString('base64');
    const ask = async (message: Record<string, unknown>, type: string): Promise<void> => {
      client.send(message);
      await client.waitFor(type);
    };
    client.rawSocket.cork();
    for (let i = 0; i < 5; i++) client.send({ type: 'analyze_frame', frame_data, request_id: i, frame_id: `f${i}` });
    client.rawSocket.uncork();
    await client.waitFor('high_speed_analysis_result');
    const frames = [{ frame_data, request_id: 1 }, { frame_data: '!' }, { frame_data }];
    await ask({ type: 'analyze_batch', request_id: 'b', frames }, 'batch_complete');
    await ask({ type: 'nonsense' }, 'error');
    await ask({ type: 'get_metrics', request_id: 'm' }, 'high_speed_metrics');
    await ask({ type: 'ping', request_id: 'p' }, 'pong');
    await tellCallout(sessionId, client);
    expectDocumented(HIGH_SPEED_CHANNEL, client);
  });

  it.each(CHANNELS.map((channel) => [channel.path.split('{session_id}')[1] ?? '', channel] as const))(
    'each example of a message to %s is taken as it is',
    async (path, channel) => {
      const sessionId = await server.createSession({ high_speed_vision: true, voice_chat_enabled: true });
      const url = `${server.socketOrigin}/sessions/${sessionId}${path}`;
      const client = await SocketClient.connect(url, { token: ADMIN_KEY });
      for (const { from, type, isBinary, example } of channel.messages) {
        if (from === 'client' && !isBinary) client.send({ type, ...example });
      }
      client.send({ type: 'ping', request_id: 'last' });
      await client.waitFor((message) => message['request_id'] === 'last');
      // Nothing has been said here that could have been played.
      const others = client.ofType('error').filter(({ errors }) => !isAbout(errors, '/response_id'));
      expect(others).toEqual([]);
      await client.close();
      await server.closeSession(sessionId);
    },
    20_000,
  );

  it('the document is served, and the checked-in copy is up to date', async () => {
    const response = await fetch(`${server.origin}/asyncapi.json`);
    expect(response.status).toBe(200);
    const { host } = new URL(server.origin);
    const served: unknown = await response.json();
    expect(served).toEqual(asyncApiDocument(CHANNELS, { version: '1.0.0', host }));
    const kept: unknown = JSON.parse(readFileSync('docs/asyncapi.json', 'utf8'));
    expect(kept).toEqual(asyncApiDocument(CHANNELS, { version: '1.0.0', host: '127.0.0.1:3000' }));
  });
});
