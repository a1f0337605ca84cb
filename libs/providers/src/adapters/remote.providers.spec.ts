import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { FakeModelServer } from '@jiga/testing';

import {
  FINDINGS,
  LOOK,
  modelPortsContract,
  SOUND,
  TALK,
  WORDS,
  type MakePorts,
} from '../../../../test/contracts/model-ports.contract.js';
import { remoteProviders } from './remote.providers.js';
import type { ModelLists } from '@jiga/platform';
import type { Provider } from '../provider.js';
import type { SdkVendor } from './sdk-models.js';

const KEY = 'key-0123456789';

const NO_MODELS = { vision: null, reply: null, transcription: null, speech: null };

function providersAt(
  url: string,
  models: Partial<ModelLists> = {},
  replyPictures: readonly string[] | null = null,
): Map<string, Provider> {
  const service = { url, apiKey: KEY };
  const providers = remoteProviders({
    openai: service,
    anthropic: service,
    google: service,
    compatible: service,
    models: { ...NO_MODELS, ...models },
    defaults: NO_MODELS,
    replyPictures,
    enrichEvery: 10,
    timeoutMs: 1000,
    idleTimeoutMs: 1000,
    retries: 1,
    answerMaxBytes: 256 * 1024,
    probeIntervalMs: null,
  });
  return new Map(providers.map((provider) => [provider.id, provider]));
}

const portsOf =
  (id: SdkVendor): MakePorts =>
  (server) => {
    return {
      ports: providersAt(server.url).get(id)?.ports ?? {},
      conduct: (conduct, retryAfter) => {
        server.conduct = conduct;
        server.retryAfter = retryAfter ?? null;
      },
      say: (saying) => {
        server.saying = { ...server.saying, ...saying };
      },
      asked: () => server.received.length,
      brokenOff: () => server.brokenOff,
    };
  };

modelPortsContract('OpenAI', ['vision', 'reply', 'transcription', 'speech'], portsOf('openai'));
modelPortsContract('Anthropic', ['vision', 'reply'], portsOf('anthropic'));
modelPortsContract('Google', ['vision', 'reply'], portsOf('google'));
modelPortsContract('compatible', ['vision', 'reply', 'transcription', 'speech'], portsOf('compatible'));

describe('remoteProviders', () => {
  let server: FakeModelServer;
  const call = { model: 'm-1', options: { temperature: 0.5 }, signal: new AbortController().signal };

  beforeAll(async () => {
    server = await FakeModelServer.listen();
  });
  afterAll(() => server.close());
  beforeEach(() => {
    server.received.length = 0;
    server.conduct = 'answer';
    server.saying = { ...server.saying, text: JSON.stringify(FINDINGS), toolCall: null };
  });

  const of = (id: string): Provider => {
    const provider = providersAt(server.url, { vision: ['openai:eye', 'openai:eye/2'] }).get(id);
    if (!provider) throw new Error(id);
    return provider;
  };
  const sent = (): string => JSON.stringify(server.received.at(-1));

  it.each(['openai', 'anthropic', 'google', 'compatible'])(
    'shows %s the picture, the question and the form',
    async (id) => {
      const answer = await of(id).ports?.vision?.look(LOOK, call);
      expect(sent()).toContain(Buffer.from(LOOK.picture).toString('base64'));
      expect(sent()).toContain('health: 85');
      expect(sent()).toContain('scene_confidence');
      expect(sent()).toContain('"temperature":0.5');
      expect(sent()).toContain(KEY);
      expect(answer?.findings).toEqual({
        game: { name: 'OpenArena', confidence: 0.9 },
        scene: { description: 'A player in a corridor.', confidence: 0.8 },
        detections: [
          { label: 'enemy', category: 'player', confidence: 0.7, box: [0.4, 0.4, 0.1, 0.2] },
          { label: 'armour', category: 'object', confidence: 1, box: null },
        ],
        texts: [{ text: '85', confidence: 0.9, box: null }],
      });
    },
  );

  it('takes findings that a model wraps in words', async () => {
    server.saying = { ...server.saying, text: `Here you are:\n\`\`\`json\n${JSON.stringify(FINDINGS)}\n\`\`\`` };
    const answer = await of('compatible').ports?.vision?.look(LOOK, call);
    expect(answer).toMatchObject({ findings: { game: { name: 'OpenArena' } }, usage: { inputTokens: 11 } });
  });

  it('says nothing of what a model left empty', async () => {
    server.saying = { ...server.saying, text: JSON.stringify({ game: '', scene: ' ' }) };
    const answer = await of('openai').ports?.vision?.look(LOOK, call);
    expect(answer?.findings).toEqual({ game: null, scene: null, detections: [], texts: [] });
  });

  it.each(['openai', 'anthropic', 'google', 'compatible'])('gives %s the whole conversation', async (id) => {
    for await (const _part of of(id).ports?.reply?.reply(TALK, call) ?? []);
    for (const part of ['Be brief.', 'What is the score?', 'I look.', 'get_state', 'score']) {
      expect(sent()).toContain(part);
    }
  });

  it('sends sound with its language and likely words', async () => {
    await of('openai').ports?.transcription?.transcribe(SOUND, call);
    for (const part of ['RIFF', 'm-1', '\\r\\nfr\\r\\n', 'rail gun, Sarge']) expect(sent()).toContain(part);
  });

  it('speaks with the voice that was asked for, else that of the session, else its own', async () => {
    const speech = of('openai').ports?.speech;
    const voiceOf = async (voice: string | null, options: Record<string, string>): Promise<unknown> => {
      const audio = await speech?.speak({ ...WORDS, voice, rate: 9 }, { ...call, options });
      for await (const _chunk of audio?.chunks ?? []);
      return server.received.at(-1)?.body;
    };
    expect(await voiceOf('nova', { voice: 'echo' })).toMatchObject({ voice: 'nova', speed: 4, input: WORDS.text });
    expect(await voiceOf(null, { voice: 'echo' })).toMatchObject({ voice: 'echo' });
    expect(await voiceOf(null, {})).toMatchObject({ voice: 'alloy' });
  });

  it('probes with a list of models, and tells a wrong key', async () => {
    const { signal } = call;
    for (const id of ['openai', 'anthropic', 'google', 'compatible']) await of(id).probe?.(signal);
    expect(server.received.map(({ path }) => path)).toEqual(Array(4).fill('/v1/models'));
    server.conduct = 401;
    await expect(of('openai').probe?.(signal)).rejects.toMatchObject({ failure: 'unauthenticated' });
  });

  it('sends pictures to reply models that are said to take them, else to those that may look at frames', () => {
    const models = { vision: ['openai:eye'], reply: ['openai:eye', 'openai:talk', 'google:eye'] };
    const takers = (pictures: string[] | null, id: string) =>
      providersAt(server.url, models, pictures).get(id)?.pictureModels;
    expect([takers(null, 'openai'), takers(null, 'google')]).toEqual([['eye'], []]);
    expect([takers(['openai:talk'], 'openai'), takers([], 'openai')]).toEqual([['talk'], []]);
    expect(() => takers(['openai:other'], 'openai')).toThrow('JIGA_REPLY_PICTURE_MODELS names openai:other');
  });

  it('offers the models that are named, and says how to name some', () => {
    expect(of('openai').models).toEqual({ vision: ['eye', 'eye/2'] });
    expect(of('openai').health()).toEqual({ state: 'ok', detail: null });
    expect(of('google').health()).toMatchObject({
      state: 'off',
      detail: expect.stringContaining('JIGA_VISION_MODELS'),
    });
    expect(() => providersAt(server.url, { speech: ['anthropic:x'] })).toThrow('JIGA_SPEECH_MODELS names anthropic:x');
  });
});
