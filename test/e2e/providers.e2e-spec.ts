import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { VisionResult } from '@jiga/contracts';
import { FakeModelServer, makePicture, tempDir, until } from '@jiga/testing';

import { call } from '../support/call.js';
import { ADMIN_KEY, TestServer } from '../support/start-test-server.js';

const KEY = 'compatible-key-9876';
const FINDINGS = {
  game: 'OpenArena',
  game_confidence: 0.9,
  scene: 'A corridor with an enemy.',
  scene_confidence: 0.8,
  detections: [{ label: 'enemy', category: 'player', confidence: 0.7, box: [0.4, 0.4, 0.1, 0.2] }],
  texts: [],
};
let models: FakeModelServer;
let server: TestServer;
let directory: Awaited<ReturnType<typeof tempDir>>;

beforeAll(async () => {
  models = await FakeModelServer.listen();
  models.saying = { ...models.saying, text: JSON.stringify(FINDINGS), inputTokens: 500, outputTokens: 100 };
  directory = await tempDir();
  const prices = join(directory.path, 'prices.json');
  const price = { provider: 'compatible', model: 'eye', from: '2020-01-01', input_per_million_tokens: 1_000 };
  await writeFile(prices, JSON.stringify({ prices: [price] }));
  server = await TestServer.start({
    environment: {
      JIGA_COMPATIBLE_URL: models.url,
      JIGA_COMPATIBLE_API_KEY: KEY,
      JIGA_VISION_MODELS: 'compatible:eye',
      JIGA_REPLY_MODELS: 'compatible:talk,openai:gpt-5-mini',
      JIGA_VISION_ENRICH_EVERY: '1',
      JIGA_PRICES_FILE: prices,
    },
  });
});
afterAll(async () => {
  await server.stop();
  await models.close();
  await directory.remove();
});

interface Providers {
  readonly items: { readonly id: string; readonly health: { readonly state: string } }[];
  readonly capabilities: { readonly id: string }[];
}

const chat = () => models.received.filter(({ path }) => path.endsWith('/chat/completions'));
const choose = (id: string, vision: unknown) => call(server, 'PUT', `/sessions/${id}/model-provider`, { vision });
/** High speed: a heavy analysis every half second, so a frame does not wait for three. */
const createSession = (request: object) =>
  server.createSession({ high_speed_vision: true, high_speed_config: { analysis_interval: 0.1 }, ...request });

async function show(id: string): Promise<VisionResult> {
  const body = await makePicture({ width: 320, height: 180, seed: 1 });
  const headers = { 'content-type': 'image/jpeg' };
  const response = await server.fetch(`/sessions/${id}/frames`, {
    method: 'POST',
    body: new Uint8Array(body),
    headers,
  });
  if (response.status !== 200) throw new Error(await response.text());
  const answer = (await response.json()) as { data?: VisionResult } & VisionResult;
  return answer.data ?? answer;
}

describe('GET /providers', () => {
  it('tells what is on, what could be, and how to turn it on', async () => {
    const { body } = await call<Providers>(server, 'GET', '/providers');
    expect(body.items).toContainEqual({
      id: 'compatible',
      name: expect.any(String),
      remote: true,
      models: { vision: ['eye'], reply: ['talk'] },
      picture_models: [],
      options: { vision: ['temperature', 'top_p'], reply: ['temperature', 'top_p'] },
      possible: ['vision', 'transcription', 'reply', 'speech'],
      hint: expect.stringContaining('JIGA_COMPATIBLE_URL'),
      health: { state: 'ok', detail: null },
    });
    const off = { state: 'off', detail: expect.stringContaining('JIGA_OPENAI_API_KEY') };
    expect(body.items).toContainEqual(expect.objectContaining({ id: 'openai', models: {}, health: off }));
    expect(body.capabilities).toContainEqual({
      id: 'vision',
      available: true,
      default: ['local:default'],
      choices: ['local:default', 'compatible:eye'],
      hints: expect.arrayContaining([expect.stringContaining('JIGA_ANTHROPIC_API_KEY')]),
    });
    expect(JSON.stringify(body)).not.toContain(KEY);
    // A local model of the operator's is another way, and none of it can be chosen before it is there.
    expect(body.capabilities).toContainEqual({
      id: 'transcription',
      available: false,
      default: [],
      choices: [],
      hints: expect.arrayContaining([expect.stringContaining('JIGA_ASR_MODEL_DIR')]),
    });
  });

  it('asked the services beforehand, not for the request', async () => {
    const probes = models.received.filter(({ path }) => path.endsWith('/models'));
    expect(probes).toHaveLength(1);
    expect(probes[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
  });
});

describe('a remote model for vision', () => {
  it('sees nothing unless a session chooses it', async () => {
    const id = await createSession({});
    expect(await show(id)).not.toHaveProperty('scene');
    expect(chat()).toEqual([]);
    await server.closeSession(id);
  });

  it('adds what it sees to later results, is paid for, and goes with a change of the chain at once', async () => {
    const id = await createSession({ model_provider: { vision: ['compatible:eye', 'local:default'] } });
    const first = await show(id);
    expect(first.metadata.provider).toBe('local');
    let result = first;
    for (let tries = 0; !result.scene && tries < 100; tries++) result = await show(id);
    expect(result.scene).toMatchObject({
      description: 'A corridor with an enemy.',
      confidence: 0.8,
      game: { name: 'OpenArena', confidence: 0.9 },
      provider: 'compatible:eye',
      age_ms: expect.any(Number),
    });
    expect(result.detections).toContainEqual(expect.objectContaining({ label: 'enemy', provider: 'compatible:eye' }));
    expect(result.metadata.provider).toBe('local+compatible:eye');
    expect(JSON.stringify(chat()[0]?.body)).toContain('data:image/jpeg;base64,');

    await choose(id, ['local:default']);
    const asked = chat().length;
    expect(await show(id)).not.toHaveProperty('scene');
    await until(() => true);
    expect(chat()).toHaveLength(asked);
    const usage = await call<{ items: object[] }>(server, 'GET', `/usage?session_id=${id}&group_by=model`, undefined, {
      token: ADMIN_KEY,
    });
    expect(JSON.stringify(usage.body)).toContain('"cost_usd":0.5');
    await server.closeSession(id);
  });

  it('that fails changes nothing but its health', async () => {
    models.conduct = 401;
    const id = await createSession({ model_provider: { vision: ['compatible:eye'] } });
    const before = chat().length;
    await show(id);
    await until(() => chat().length > before, 'the question');
    expect(await show(id)).not.toHaveProperty('scene');
    let health: unknown = null;
    for (let tries = 0; tries < 50; tries++) {
      const { body } = await call<Providers>(server, 'GET', '/providers');
      health = body.items.find((item) => item.id === 'compatible')?.health;
      if ((health as { state: string }).state !== 'ok') break;
    }
    expect(health).toEqual({ state: 'failed', detail: 'vision: It answered 401: it refuses the key.' });
    models.conduct = 'answer';
    await server.closeSession(id);
  });

  it('takes only options that it knows', async () => {
    const id = await server.createSession();
    const wrong = await choose(id, [{ model: 'compatible:eye', options: { temperature: 9, colour: 1 } }]);
    expect([wrong.status, wrong.body]).toMatchObject([
      422,
      {
        errors: [
          { pointer: '/vision/0/options/temperature', code: 'wrong_type' },
          { pointer: '/vision/0/options/colour', code: 'unknown_field' },
        ],
      },
    ]);
    expect((await choose(id, [{ model: 'compatible:eye', options: { temperature: 0.2 } }])).status).toBe(200);
    await server.closeSession(id);
  });
});

describe('settings of providers', () => {
  it('that cannot be are refused at the start, by name', async () => {
    const start = (environment: Record<string, string>) => TestServer.start({ environment });
    await expect(start({ JIGA_VISION_MODELS: 'nobody:eye' })).rejects.toThrow('JIGA_VISION_MODELS');
    await expect(start({ JIGA_OPENAI_API_KEY: KEY, JIGA_OPENAI_URL: 'http://example.com' })).rejects.toThrow('https');
  });
});
