import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { AUDIO_ENGINES, createAudioEngines } from '@jiga/audio';
import type { AudioEngines } from '@jiga/audio';
import { SystemClock } from '@jiga/platform';
import { FakeAnalyzer, makePicture } from '@jiga/testing';

import { pcmAsWav } from '../../apps/server/src/audio/pcm-as-wav.js';
import { silentPcm, spokenPcm } from '../support/spoken.js';
import { TestServer } from '../support/start-test-server.js';

type Json = Readonly<Record<string, unknown>>;

/** On a slow machine it says how long ago that was, too. */
const SCORE = expect.stringMatching(/^Red 3, blue 1, you lead by 2/);

describe('recordings over HTTP', () => {
  const analyzer = new FakeAnalyzer();
  let server: TestServer;
  let engines: AudioEngines;
  let question: Buffer;
  let id: string;
  beforeAll(async () => {
    server = await TestServer.start({ analyzer, environment: { JIGA_AUDIO_MAX_BYTES: '400000' } });
    engines = createAudioEngines({ clock: new SystemClock(), ffmpegPath: null, asrModelDir: null, ttsModelDir: null });
    const spoken = await spokenPcm(engines, "what's the score");
    question = pcmAsWav(Buffer.concat([silentPcm(200), spoken, silentPcm(200)]), 16_000, 1);
    analyzer.overrides = { teams: { player_team: 'red', scores: { red: 3, blue: 1 }, players: [] } };
    id = await server.createSession({ voice_chat_config: { sample_rate: 16_000, max_recording_duration: 5 } });
  }, 30_000);
  afterAll(async () => {
    await engines.close();
    await server.stop();
  });

  const post = (path: string, body: object | Buffer, type?: string, session = id): Promise<Response> =>
    server.fetch(`/sessions/${session}/audio/${path}`, {
      method: 'POST',
      body: Buffer.isBuffer(body) ? new Uint8Array(body) : JSON.stringify(body),
      ...(type !== undefined && { headers: { 'content-type': type } }),
    });
  const codeOf = async (response: Promise<Response>): Promise<unknown[]> => {
    const got = await response;
    return [got.status, ((await got.json()) as Json)['code']];
  };
  const base64 = (bytes: Buffer): string => bytes.toString('base64');

  it('are understood, and nothing is done about them', async () => {
    const response = await post('process', question, 'audio/wav');
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      session_id: id,
      audio: { format: 'wav', sample_rate: 16_000, channels: 1 },
      speech: { start: expect.any(Number), end: expect.any(Number) },
      transcript: { text: "what's the score", accepted: true, source: 'commands', language: 'en' },
      intent: { kind: 'question', name: 'score', slots: {} },
      visual_context: null,
      stages_ms: { decode: expect.any(Number), listen: expect.any(Number), recognise: expect.any(Number) },
    });
  }, 30_000);

  it('are answered with what their picture shows', async () => {
    const frame_data = base64(Buffer.from(await makePicture()));
    const asked = { audio_base64: base64(question), frame_data };
    const answered = (await (await post('process-with-response', asked)).json()) as Json;
    expect(answered).toMatchObject({
      visual_context: { teams: { scores: { red: 3, blue: 1 } } },
      response: { type: 'text', kind: 'answer', known: true, text: SCORE, audio: null },
      team_messages: [],
    });
    expect(await codeOf(post('process', { ...asked, frame_data: 'AAAA' }))).toEqual([415, 'unsupported_image']);
  });

  it('are answered in sound, in JSON or as the body, as the voice settings say', async () => {
    const asked = { audio_base64: base64(question), response_type: 'base64_audio' };
    const { response } = (await (await post('process-with-response', asked)).json()) as { response: { audio: Json } };
    expect(response.audio).toMatchObject({ format: 'wav', sample_rate: 16_000, channels: 1 });
    const inJson = Buffer.from(String(response.audio['audio_base64']), 'base64');
    const sound = await post('process-with-response?response_type=audio', question, 'audio/wav');
    expect([sound.status, sound.headers.get('content-type')]).toEqual([200, 'audio/wav']);
    expect(sound.headers.get('link')).toContain(`/sessions/${id}/events?types=transcript,voice_response`);
    expect(JSON.parse(sound.headers.get('x-jiga-response') ?? '')).toMatchObject({
      transcript: { text: "what's the score" },
      response: { type: 'audio', text: SCORE },
    });
    const body = Buffer.from(await sound.arrayBuffer());
    expect([body.toString('latin1', 0, 4), body.length]).toEqual(['RIFF', inJson.length]);
  });

  it('go to the team when asked to, where there is one', async () => {
    const asked = { audio_base64: base64(question), response_type: 'team_message' };
    expect(await codeOf(post('process-with-response', asked))).toEqual([409, 'no_team']);
    const team = await server.createSession({ team_id: 'red' });
    const answered = (await (await post('process-with-response', asked, undefined, team)).json()) as Json;
    expect(answered['team_messages']).toMatchObject([{ team_id: 'red', from_session_id: team }]);
  });

  it('without words are no error, and change nothing', async () => {
    const silence = pcmAsWav(silentPcm(500), 16_000, 1);
    const { transcript, intent, speech } = (await (await post('process', silence, 'audio/wav')).json()) as Json;
    expect([transcript, intent, speech]).toMatchObject([
      { text: '', accepted: false, reason: 'no_speech' },
      null,
      null,
    ]);
  });

  it('may be raw samples, whose rate must be told', async () => {
    const raw = { audio_base64: base64(question.subarray(44)), audio_format: 'pcm16', sample_rate: 16_000 };
    expect(await (await post('process', raw)).json()).toMatchObject({ transcript: { text: "what's the score" } });
  });

  it('take no kind of answer where none is given', async () => {
    const response = await post('process', { audio_base64: base64(question), response_type: 'audio' });
    expect(await response.json()).toMatchObject({ errors: [{ pointer: '/response_type', code: 'unknown_field' }] });
  });

  it.each([
    ['nothing', {}, 422, 'validation_failed'],
    ['a number', { audio_base64: 5 }, 422, 'validation_failed'],
    ['no base64', { audio_base64: '%%' }, 422, 'validation_failed'],
    ['an unknown kind of answer', { audio_base64: 'AAAA', response_type: 'dance' }, 422, 'validation_failed'],
    ['a field that is not known', { audio_base64: 'AAAA', audio_codec: 'wav' }, 422, 'validation_failed'],
    ['text', { audio_base64: base64(Buffer.from('hello there, this is no sound')) }, 415, 'unsupported_audio'],
    ['too much', { audio_base64: base64(Buffer.alloc(400_001)) }, 413, 'body_too_large'],
    ['a list', [], 422, 'validation_failed'],
  ])('refuse %s', async (_name, body, status, code) => {
    expect(await codeOf(post('process-with-response', body))).toEqual([status, code]);
  });

  it.each([
    ['cut short', () => question.subarray(0, 40), 422, 'invalid_audio'],
    ['empty', () => pcmAsWav(Buffer.alloc(0), 16_000, 1), 422, 'invalid_audio'],
    ['too long', () => pcmAsWav(silentPcm(6_000), 16_000, 1), 413, 'audio_too_long'],
  ])('that are %s get a clear error', async (_name, sound, status, code) => {
    expect(await codeOf(post('process', sound(), 'audio/wav'))).toEqual([status, code]);
  });

  it('that are being heard when their session ends are told so', async () => {
    const ending = await server.createSession();
    const { decoder } = server.server.app.get<AudioEngines>(AUDIO_ENGINES, { strict: false });
    const decode = decoder.decode.bind(decoder);
    const begun = new Promise<void>((resolve) => {
      decoder.decode = (...given) => {
        resolve();
        return decode(...given);
      };
    });
    const answer = codeOf(post('process-with-response', question, 'audio/wav', ending));
    await begun;
    await server.closeSession(ending);
    expect(await answer).toEqual([409, 'session_closed']);
    decoder.decode = decode;
  });

  it('belong to a session of the caller', async () => {
    expect(await codeOf(post('process', question, 'audio/wav', 'sess_0000000000000000000000'))).toEqual([
      404,
      'session_not_found',
    ]);
    expect(
      (
        await server.fetch(`/sessions/${id}/frames`, {
          method: 'POST',
          body: 'x',
          headers: { 'content-type': 'audio/wav' },
        })
      ).status,
    ).toBe(415);
  });
});
