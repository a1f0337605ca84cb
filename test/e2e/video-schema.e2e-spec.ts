import { readFileSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import type { ValidateFunction } from 'ajv';

import { CHANNELS, DIRECT_VIDEO_CHANNEL, asyncApiDocument } from '@jiga/contracts';
import { EventBus } from '@jiga/platform';
import { FakeAnalyzer, makePicture } from '@jiga/testing';

import { closed } from '../support/closed-schema.js';
import { TestServer } from '../support/start-test-server.js';

describe('what travels on /streamDirectVideo is what is documented', () => {
  const ajv = new Ajv({ strict: true, allowUnionTypes: true, strictTypes: false, allErrors: true });
  const validators = new Map<string, ValidateFunction>(
    DIRECT_VIDEO_CHANNEL.messages
      .filter(({ from }) => from === 'server')
      .map(({ type, schema }) => [type, ajv.compile(closed(schema))]),
  );
  let server: TestServer;

  beforeAll(async () => {
    server = await TestServer.start({ analyzer: new FakeAnalyzer() });
  });
  afterAll(() => server.stop());

  it('message by message, every type of them', async () => {
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
    server.server.app.get(EventBus).publish('vision.callout', {
      sessionId,
      at: 1,
      callout: {
        callout_id: 'call_1',
        text: 'x',
        priority: 'info',
        category: 'c',
        timestamp: 1,
        expires_at: 2,
        reason: 'r',
      },
    });
    await client.waitFor('callout');
    await client.close();
    for (const message of client.messages) {
      const validate = validators.get(message.type);
      expect([message.type, validate?.(message), validate?.errors ?? []]).toEqual([message.type, true, []]);
    }
    // `session.moving` comes when the server stops.
    const documented = [...validators.keys()].filter((type) => type !== 'session.moving');
    expect([...new Set(client.messages.map(({ type }) => type))].sort()).toEqual(documented.sort());
    expect(client.messages.map(({ seq }) => seq)).toEqual(client.messages.map((_, i) => i + 1));
  });

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
