import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Ajv } from 'ajv';

import { AUDIO_ENGINES, createAudioEngines } from '@jiga/audio';
import type { AudioEngines } from '@jiga/audio';
import { JigaClient } from '@jiga/client';
import type { Session } from '@jiga/client';
import { AUDIO_CHANNEL } from '@jiga/contracts';
import type { VisionResult } from '@jiga/contracts';
import { EventBus, SystemClock } from '@jiga/platform';
import { deferred, FakeAnalyzer, SocketClient } from '@jiga/testing';
import type { Deferred, ReceivedMessage } from '@jiga/testing';

import { call } from '../support/call.js';
import { closed } from '../support/closed-schema.js';
import { silentPcm, spokenPcm } from '../support/spoken.js';
import { ADMIN_KEY, TestServer } from '../support/start-test-server.js';

const VOICE = { voice_chat_enabled: true, voice_chat_config: { silence_timeout: 0.4 } };
const TEAMS = { player_team: 'red', scores: { red: 3, blue: 1 }, players: [] };
const OPENARENA = { id: 'openarena', name: 'OpenArena', confidence: 1, phase: 'playing' } as const;

describe('the audio socket', () => {
  const ajv = new Ajv({ strict: true, allowUnionTypes: true, strictTypes: false, allErrors: true });
  let server: TestServer;
  let engines: AudioEngines;
  beforeAll(async () => {
    server = await TestServer.start({ analyzer: new FakeAnalyzer() });
    engines = createAudioEngines({ clock: new SystemClock(), ffmpegPath: null, asrModelDir: null, ttsModelDir: null });
  });
  afterEach(() => void jest.restoreAllMocks());
  afterAll(async () => {
    await engines.close();
    await server.stop();
  });

  /** Vision tells of a frame of the session. */
  const watched = (sessionId: string): void => {
    const result = { game: OPENARENA, teams: TEAMS, hud: {} } as unknown as VisionResult;
    server.server.app.get(EventBus).publish('vision.frame_analysed', { sessionId, at: 1, result });
  };
  const urlOf = (id: string): string => `${server.socketOrigin}/sessions/${id}/audio/stream`;
  const connect = (id: string): Promise<SocketClient> => SocketClient.connect(urlOf(id), { token: ADMIN_KEY });
  /** Whatever was sent is in the AsyncAPI document, and nothing more. */
  const expectDocumented = ({ messages }: SocketClient): void => {
    for (const message of messages) {
      const schema = AUDIO_CHANNEL.messages.find(
        ({ type, from }) => from === 'server' && type === message.type,
      )?.schema;
      const validate = ajv.compile(closed(schema ?? { type: 'null' }));
      expect([message.type, validate(message), validate.errors ?? []]).toEqual([message.type, true, []]);
    }
    expect(messages.map(({ seq }) => seq)).toEqual(messages.map((_, i) => i + 1));
  };

  it('hears a question, answers it aloud with what was seen, and stops when it is talked over', async () => {
    // As with headphones: nothing of what is played comes back.
    const voice_chat_config = { ...VOICE.voice_chat_config, enable_echo_cancellation: false };
    const id = await server.createSession({ ...VOICE, voice_chat_config });
    watched(id);
    const client = await connect(id);
    const question = Buffer.concat([silentPcm(300), await spokenPcm(engines, "what's the score"), silentPcm(800)]);
    for (let at = 0; at < question.length; at += 3200) client.socket.send(question.subarray(at, at + 3200));
    const answer = await client.waitFor('voice_response', 30_000);
    expect(answer).toMatchObject({
      kind: 'answer',
      known: true,
      // With its age when the engines took long to load.
      text: expect.stringMatching(/^Red 3, blue 1, you lead by 2/),
      is_last: true,
      audio: { format: 'wav', sample_rate: 22_050, channels: 1, duration_ms: expect.any(Number) },
    });
    const wav = Buffer.from(String(answer['audio'].audio_base64), 'base64');
    expect([wav.toString('latin1', 0, 4), wav.readUInt32LE(24), wav.readUInt16LE(22)]).toEqual(['RIFF', 22_050, 1]);
    expect(client.ofType('transcript').at(-1)).toMatchObject({ text: "what's the score", accepted: true, final: true });

    client.send({ type: 'text_input', text: 'what can I say?', request_id: 't1' });
    const long = await client.waitFor((message) => message['request_id'] === 't1' && message.type === 'voice_response');
    client.socket.send(await spokenPcm(engines, 'stop talking'));
    client.socket.send(silentPcm(800));
    const isAbout = (message: ReceivedMessage): boolean => message['response_id'] === long['response_id'];
    const interrupted = await client.waitFor((message) => message.type === 'interrupted' && isAbout(message), 10_000);
    expect(interrupted).toMatchObject({ reason: 'speech', resumable: true });
    await client.waitFor((message) => isAbout(message) && message['resumable'] === false, 10_000);

    expectDocumented(client);
    const figures = (await (await server.fetch(`/sessions/${id}/metrics`)).json()) as { audio: object };
    expect(figures.audio).toMatchObject({ utterances: 2, rejected: 0, interruptions: expect.any(Number) });
    const status = (await (await server.fetch(`/sessions/${id}/status`)).json()) as { parts: object };
    expect(status).toMatchObject({ parts: { audio: { state: 'ok' } }, last_utterance_at: expect.any(Number) });
    const { body } = await call<{ items: object[] }>(
      server,
      'GET',
      `/usage?group_by=provider,capability&session_id=${id}`,
    );
    expect(body.items).toContainEqual(expect.objectContaining({ provider: 'flite', capability: 'speech' }));
    const events = (await (await server.fetch(`/sessions/${id}/events?types=transcript,voice_response`)).json()) as {
      items: { type: string; data: object }[];
    };
    expect(events.items.map(({ type }) => type).slice(0, 2)).toEqual(['transcript', 'voice_response']);
    await server.closeSession(id);
    expect(await client.closed).toMatchObject({ code: 1000 });
  }, 60_000);

  it('greets with how things stand, and answers every message', async () => {
    const id = await server.createSession({ ...VOICE, team_id: 'red' });
    const client = await connect(id);
    client.send({ type: 'text_input', text: 'need backup mid' });
    expect(await client.waitFor('team_message')).toMatchObject({
      data: { text: 'Need backup mid', priority: 'urgent' },
    });
    for (const [message, code] of [
      [{ type: 'audio_chunk' }, 'invalid_message'],
      [{ type: 'audio_chunk', audio_base64: '%%%' }, 'invalid_message'],
      [{ type: 'audio_chunk', audio_base64: 'AAAA', sample_rate: 1 }, 'invalid_message'],
      [{ type: 'audio_chunk', audio_base64: 'AAAA', audio_format: 'wav' }, 'unsupported_audio'],
      [{ type: 'audio_chunk', audio_base64: 'AAAA' }, 'invalid_audio'],
      [{ type: 'text_input' }, 'invalid_message'],
      [{ type: 'played', response_id: 'x' }, 'invalid_message'],
      [{ type: 'played', response_id: 'resp_of_nobody', played_ms: 5 }, 'invalid_message'],
      [{ type: 'sing' }, 'unknown_message_type'],
    ] as const) {
      const request_id = JSON.stringify(message);
      client.send({ ...message, request_id });
      const error = await client.waitFor((got) => got.type === 'error' && got['request_id'] === request_id, 15_000);
      expect([message, error['code']]).toEqual([message, code]);
    }
    client.socket.send(Buffer.alloc(3));
    expect(await client.waitFor((got) => got.type === 'error' && got['request_id'] === undefined)).toMatchObject({
      code: 'invalid_audio',
    });
    client.send({ type: 'configure', sample_rate: 48_000, channels: 2, request_id: 'c' });
    expect(await client.waitFor('configured')).toMatchObject({ sample_rate: 48_000, channels: 2, request_id: 'c' });
    client.send({ type: 'ping', request_id: 7 });
    expect(await client.waitFor('pong')).toMatchObject({ request_id: 7 });
    for (const [type, answer] of [
      ['interrupt', { type: 'interrupted', reason: 'client' }],
      ['commit', { type: 'speech_stopped', reason: 'no_speech' }],
    ] as const) {
      client.send({ type, request_id: type });
      expect(await client.waitFor((got) => got['request_id'] === type, 15_000)).toMatchObject(answer);
    }
    await server.fetch(`/sessions/${id}/voice-settings`, {
      method: 'PUT',
      body: JSON.stringify({ language: 'fr', response_type: 'text' }),
    });
    await client.waitFor((got) => got.type === 'configured' && got['language'] === 'fr');
    client.send({ type: 'text_input', text: 'où suis-je ?', request_id: 'fr' });
    expect(await client.waitFor((got) => got['request_id'] === 'fr')).toMatchObject({
      type: 'voice_response',
      text: 'Je ne vois pas le jeu en ce moment.',
      audio: null,
    });
    expectDocumented(client);
    const late = await connect(id);
    expect(await late.next()).toMatchObject({ type: 'connected', language: 'fr', dictation: false });
    expect(late.messages[0]?.['last_exchange'].at(-1)).toEqual({
      from: 'jiga',
      text: 'Je ne vois pas le jeu en ce moment.',
    });
    await Promise.all([client.close(), late.close()]);
  }, 30_000);

  /** Nothing is said until the test lets it; `begun` resolves when something was to be. */
  function holdSpeech(): { begun: Promise<void>; held: Deferred<void> } {
    const { speech } = server.server.app.get<AudioEngines>(AUDIO_ENGINES, { strict: false });
    const begun = deferred<void>();
    const held = deferred<void>();
    jest.spyOn(speech, 'synthesise').mockImplementation(async function* (_request, signal) {
      begun.resolve();
      await held.promise;
      signal?.throwIfAborted();
      yield* [];
    });
    return { begun: begun.promise, held };
  }

  it('tells nothing of an answer that the end of the session cuts', async () => {
    const told: string[] = [];
    const bus = server.server.app.get(EventBus);
    const unsubscribe = bus.subscribe('voice.response', ({ sessionId }) => void told.push(sessionId));
    const { begun, held } = holdSpeech();
    const id = await server.createSession(VOICE);
    const client = await connect(id);
    client.send({ type: 'text_input', text: "what's the score" });
    await begun;
    await server.closeSession(id);
    held.resolve();
    await new Promise(setImmediate);
    expect(told).toEqual([]);
    unsubscribe();
  });

  it('answers whatever the end of the session cuts short', async () => {
    const { decoder } = server.server.app.get<AudioEngines>(AUDIO_ENGINES, { strict: false });
    const { begun, held } = holdSpeech();
    jest
      .spyOn(decoder, 'decode')
      .mockImplementation(() => held.promise.then(() => Promise.reject(new Error('too late'))));
    const id = await server.createSession(VOICE);
    const client = await connect(id);
    client.send({ type: 'text_input', text: "what's the score", request_id: 'text' });
    await begun;
    client.send({ type: 'audio_chunk', audio_base64: 'AAAA', audio_format: 'wav', request_id: 'file' });
    client.send({ type: 'commit', request_id: 'commit' });
    client.send({ type: 'ping' });
    await client.waitFor('pong');
    await server.closeSession(id);
    expect(await client.closed).toMatchObject({ code: 1000 });
    expect(client.ofType('error').map(({ request_id, code }) => [request_id, code])).toEqual([
      ['text', 'session_closed'],
      ['file', 'session_closed'],
      ['commit', 'session_closed'],
    ]);
    expectDocumented(client);
    held.resolve();
  });

  it('refuses a session without voice chat, in words', async () => {
    const client = await connect(await server.createSession());
    expect(await client.next()).toMatchObject({ type: 'error', code: 'voice_chat_off' });
    expect(await client.closed).toMatchObject({ code: 4409 });
  });

  it('is what the client library speaks with', async () => {
    const jiga = new JigaClient({ baseUrl: server.origin, apiKey: ADMIN_KEY });
    const config = { ...VOICE.voice_chat_config, response_type: 'audio' } as const;
    const session: Session = await jiga.createSession({ user_id: 'ann', ...VOICE, voice_chat_config: config });
    const audio = jiga.audio(session, { sampleRate: 48_000 });
    const said = new Promise<{ text: string; bytes: number }>((resolve) => {
      audio.on('response', ({ text, audio: sound }) => resolve({ text, bytes: sound?.bytes.length ?? 0 }));
    });
    expect(await audio.connect()).toMatchObject({ session_id: session.session_id, role: 'player' });
    expect(audio.sendPcm(new Float32Array(480))).toBe(true);
    audio.say('where am I');
    expect((await said).text).toBe("I can't see the game right now.");
    expect((await said).bytes).toBeGreaterThan(20_000);
    audio.close();
    await jiga.deleteSession(session.session_id);
  }, 30_000);
});
