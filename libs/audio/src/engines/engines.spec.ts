import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import type { Clock } from '@jiga/contracts';
import { locateFfmpeg } from '@jiga/media';
import { VirtualClock } from '@jiga/testing';

import type { AudioEngines } from '../ports/audio-engines.js';
import type { FrontEndSettings, FrontEndStream, NoiseMode, VoiceFrame } from '../ports/front-end.port.js';
import type { SpokenGrammar } from '../ports/recognition.port.js';
import type { SpeechPiece, SpeechRequest } from '../ports/speech.port.js';
import { addWindows, joinWindows } from '../turns/windows.js';
import { createAudioEngines } from './create-audio-engines.js';

const fixture = (name: string): Buffer =>
  readFileSync(fileURLToPath(new URL(`../../../../test/fixtures/audio/${name}`, import.meta.url)));

let engines: AudioEngines;
let speech: Float32Array;

beforeAll(async () => {
  const clock: Clock = new VirtualClock();
  const ffmpeg = await locateFfmpeg({ searchPath: process.env['PATH'] });
  const ffmpegPath = ffmpeg.found ? ffmpeg.path : null;
  engines = createAudioEngines({ clock, ffmpegPath, asrModelDir: null, ttsModelDir: null });
  const { channels } = await engines.decoder.decode(fixture('human/goforward.wav'));
  speech = channels[0] ?? new Float32Array(0);
});
afterAll(() => engines.close());

const rms = (pcm: Float32Array): number => Math.sqrt(pcm.reduce((sum, x) => sum + x * x, 0) / Math.max(1, pcm.length));
async function say(request: Partial<SpeechRequest> & { text: string }, signal?: AbortSignal): Promise<SpeechPiece[]> {
  const pieces: SpeechPiece[] = [];
  for await (const piece of engines.speech.synthesise({ quality: 'standard', ...request }, signal)) pieces.push(piece);
  return pieces;
}
const seconds = (pieces: readonly SpeechPiece[]): number =>
  pieces.reduce((sum, { pcm, sampleRateHz }) => sum + pcm.length / sampleRateHz, 0);
/** Part of the energy that lies above a quarter of the rate, by differences of neighbours. */
const brightness = ({ pcm }: SpeechPiece): number =>
  rms(pcm.map((x, at) => x - (pcm[at - 1] ?? 0))) / Math.max(1e-6, rms(pcm));

describe('speech', () => {
  it('speaks sentence by sentence', async () => {
    const pieces = await say({ text: 'You are low on health. Fall back!' });
    expect(pieces.map(({ text, index, isLast }) => [text, index, isLast])).toEqual([
      ['You are low on health.', 0, false],
      ['Fall back!', 1, true],
    ]);
    for (const { pcm } of pieces) expect(rms(pcm)).toBeGreaterThan(0.01);
  });

  it('sounds different in each quality', async () => {
    const [low, standard, high] = await Promise.all(
      (['low', 'standard', 'high'] as const).map(async (quality) => (await say({ text: 'Six enemies.', quality }))[0]),
    );
    expect([low?.sampleRateHz, standard?.sampleRateHz, high?.sampleRateHz]).toEqual([8000, 16_000, 32_000]);
    expect(low?.voice).not.toBe(standard?.voice);
    // What lies above the band of `standard` is there in `high` and not in the same sound merely resampled.
    const plain = await engines.encoder.resample(standard?.pcm ?? new Float32Array(0), 16_000, 32_000);
    expect(high && standard && brightness(high) / brightness({ ...standard, pcm: plain })).toBeGreaterThan(1.15);
  });

  it('keeps to rate and volume, without clipping', async () => {
    const text = 'Need backup at the bridge.';
    const [normal, fast, soft, loud] = [
      await say({ text }),
      await say({ text, rate: 2 }),
      await say({ text, volume: 0.25 }),
      await say({ text, volume: 2 }),
    ];
    expect(seconds(fast) / seconds(normal)).toBeLessThan(0.6);
    const level = (pieces: SpeechPiece[]): number => rms(pieces[0]?.pcm ?? new Float32Array(1));
    expect(level(soft) / level(normal)).toBeCloseTo(0.25, 2);
    expect(level(loud) / level(normal)).toBeGreaterThan(1.5);
    expect(Math.max(...(loud[0]?.pcm ?? []))).toBeLessThanOrEqual(1);
  });

  it('says nothing where nothing can be said', async () => {
    for (const text of ['', '   ', '…!', '敵', '🔥']) expect(await say({ text })).toEqual([]);
    expect(await say({ text: '-voice kal Élan' })).toMatchObject([{ text: '-voice kal Elan', voice: 'rms' }]);
  });

  it('refuses what is too long, unknown or no longer wanted', async () => {
    await expect(say({ text: 'a '.repeat(1001) })).rejects.toThrow(RangeError);
    await expect(say({ text: 'Hi', voice: 'nobody' })).rejects.toThrow('No voice is called nobody');
    await expect(say({ text: 'Hi' }, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });
});

const GRAMMAR: SpokenGrammar = {
  id: 'robot',
  language: 'en',
  graph: {
    states: 6,
    start: 0,
    ends: [5],
    arcs: [
      [0, 1, 'go'],
      [1, 2, 'forward'],
      [1, 2, 'backward'],
      [2, 3, 'one'],
      [2, 3, 'two'],
      [2, 3, 'ten'],
      [3, 5, 'meters'],
      [0, 4, 'find'],
      [4, 5, 'skelebot'],
      [0, 5, 'stop'],
    ],
  },
  words: ['go', 'forward', 'backward', 'one', 'two', 'ten', 'meters', 'find', 'skelebot', 'stop'],
};

describe('commands', () => {
  it('recognises what a human says, with its words and how sure it is', async () => {
    const found = await engines.commands.recognise(speech, GRAMMAR);
    expect(found).toMatchObject({ text: 'go forward ten meters', accepted: true });
    expect(found?.words.map(({ text }) => text)).toEqual(['go', 'forward', 'ten', 'meters']);
    const starts = found?.words.map(({ startMs }) => startMs) ?? [];
    expect([...starts].sort((a, b) => a - b)).toEqual(starts);
    expect(found?.confidence).toBeGreaterThan(0.87);
  });

  it('knows how words are said that no dictionary has', async () => {
    const [piece] = await say({ text: 'find skelebot' });
    const found = await engines.commands.recognise(piece?.pcm ?? new Float32Array(0), GRAMMAR);
    expect(found).toMatchObject({ text: 'find skelebot', accepted: true });
  });

  it('does not take what every object of JavaScript has for a pronunciation', async () => {
    const graph: SpokenGrammar['graph'] = { states: 2, start: 0, ends: [1], arcs: [[0, 1, 'constructor']] };
    const grammar: SpokenGrammar = { id: 'c', language: 'fr', graph, words: ['constructor'] };
    await expect(engines.commands.prepare(grammar)).resolves.toBeUndefined();
  });

  it('accepts neither other speech nor silence nor noise', async () => {
    const { channels } = await engines.decoder.decode(fixture('human/lib-0880.wav'));
    let seed = 1;
    const noise = Float32Array.from(
      { length: 32_000 },
      () => ((seed = (seed * 48_271) % 0x7fff_ffff) / 0x7fff_ffff - 0.5) * 0.4,
    );
    for (const pcm of [channels[0] ?? speech, new Float32Array(32_000), noise, new Float32Array(0)]) {
      expect((await engines.commands.recognise(pcm, GRAMMAR))?.accepted ?? false).toBe(false);
    }
  });

  it('says what is wrong with a grammar, and goes on with the next', async () => {
    const bad = (id: string, ...words: string[]) =>
      engines.commands.prepare({ ...GRAMMAR, id, words: [...GRAMMAR.words, ...words] });
    await expect(bad('a', '<go>')).rejects.toThrow(RangeError);
    await expect(bad('b', ...Array.from({ length: 20_000 }, () => 'go'))).rejects.toThrow(RangeError);
    await expect(engines.commands.recognise(new Float32Array(31 * 16_000), GRAMMAR)).rejects.toMatchObject({
      code: 'audio_too_long',
    });
    expect(await engines.commands.recognise(speech, GRAMMAR)).toMatchObject({ accepted: true });
  });
});

const SETTINGS: FrontEndSettings = {
  sampleRateHz: 16_000,
  channels: 1,
  noiseSuppression: 'off',
  echoCancellation: false,
};
async function hear(stream: FrontEndStream, pcm: Float32Array, chunk = 1600): Promise<VoiceFrame[]> {
  const frames: VoiceFrame[] = [];
  for (let at = 0; at < pcm.length; at += chunk) frames.push(...(await stream.push(pcm.slice(at, at + chunk))).frames);
  return frames;
}
const isSpeech = (frame: VoiceFrame): boolean => frame.speechProbability > 0.5;

describe('front end', () => {
  it.each([
    ['off', 16_000, 1],
    ['light', 48_000, 2],
    ['full', 8000, 1],
  ] as const)('finds speech with suppression %s in %d Hz', async (noiseSuppression, sampleRateHz, channels) => {
    const stream = engines.frontEnd.open({ sampleRateHz, channels, noiseSuppression, echoCancellation: true });
    const mono = await engines.encoder.resample(speech, 16_000, sampleRateHz);
    const pcm = Float32Array.from({ length: mono.length * channels }, (_, at) => mono[Math.floor(at / channels)] ?? 0);
    const frames = await hear(stream, pcm, 4410);
    const spoken = frames.filter(isSpeech);
    expect(frames.map(({ startMs }) => startMs)).toEqual(frames.map((_, at) => at * 32));
    // The recording has words from 0.46 to 2.1 s.
    expect(spoken[0]?.startMs).toBeGreaterThan(350);
    expect(spoken[0]?.startMs).toBeLessThan(650);
    expect(spoken.length).toBeGreaterThan(40);
    expect(frames[0]?.inputDb).toBeLessThan(-35);
    expect(stream.state.noise).toBe(noiseSuppression);
    stream.close();
  });

  it('takes noise away where somebody speaks', async () => {
    let seed = 1;
    const noisy = speech.map((x) => x + ((seed = (seed * 48_271) % 0x7fff_ffff) / 0x7fff_ffff - 0.5) * 0.05);
    // The recording has no word before 0.4 s, and words at once after it.
    const quiet = async (noiseSuppression: NoiseMode): Promise<number> => {
      const stream = engines.frontEnd.open({ ...SETTINGS, noiseSuppression });
      const frames: VoiceFrame[] = [];
      for (let at = 0; at < noisy.length; at += 1600) {
        addWindows(frames, (await stream.push(noisy.slice(at, at + 1600))).frames);
      }
      stream.close();
      return rms(joinWindows(frames.slice(9, 12)));
    };
    const left = await quiet('off');
    expect((await quiet('light')) / left).toBeLessThan(0.8);
    expect((await quiet('full')) / left).toBeLessThan(0.5);
  });

  it('does not hear what is being played', async () => {
    const [piece] = await say({ text: 'The red team has taken your flag and is running home with it right now.' });
    const played = piece?.pcm ?? new Float32Array(0);
    const heard = new Float32Array(played.length + 960);
    heard.set(
      played.map((x) => x / 2),
      960,
    );
    const without = engines.frontEnd.open(SETTINGS);
    const withCanceller = engines.frontEnd.open({ ...SETTINGS, echoCancellation: true });
    await withCanceller.push(new Float32Array(16_000));
    withCanceller.play(played, 16_000);
    const echo = (await hear(without, heard)).filter(isSpeech);
    const rest = (await hear(withCanceller, heard)).filter(isSpeech);
    expect(echo.length).toBeGreaterThan(50);
    expect(rest.length).toBeLessThan(echo.length / 10);
    expect(['cancelled', 'half-duplex']).toContain(withCanceller.state.echo);
    without.close();
    withCanceller.close();
  });

  it('steps down to light suppression when many streams are open, and says so', async () => {
    const streams = Array.from({ length: 8 }, () => engines.frontEnd.open({ ...SETTINGS, noiseSuppression: 'full' }));
    for (const stream of streams) await stream.push(new Float32Array(1600));
    expect(streams.map(({ state }) => state.noise)).toEqual([
      ...Array<string>(4).fill('full'),
      ...Array<string>(4).fill('light'),
    ]);
    streams[0]?.close();
    for (const stream of streams.slice(1)) await stream.push(new Float32Array(1600));
    expect(streams[4]?.state.noise).toBe('full');
    // One that lags behind steps down too.
    const [, late = engines.frontEnd.open(SETTINGS)] = streams;
    await Promise.all(Array.from({ length: 12 }, () => late.push(new Float32Array(1600))));
    expect(late.state.noise).toBe('light');
    for (const stream of streams) stream.close();
  });

  it('bounds what waits, survives nonsense and ends what is closed', async () => {
    const stream = engines.frontEnd.open(SETTINGS);
    await expect(stream.push(new Float32Array(11 * 16_000))).rejects.toMatchObject({ code: 'audio_overloaded' });
    await hear(stream, new Float32Array(3200).fill(Number.NaN));
    expect((await hear(stream, speech)).some(isSpeech)).toBe(true);
    const late = stream.push(new Float32Array(1600));
    stream.close();
    stream.close();
    await expect(late).rejects.toMatchObject({ code: 'session_closed' });
    await expect(stream.push(new Float32Array(10))).rejects.toMatchObject({ code: 'session_closed' });
  });
});

describe('codec', () => {
  it('makes files of the asked kind', async () => {
    const audio = { channels: [speech], sampleRateHz: 16_000 };
    for (const format of ['wav', 'mp3'] as const) {
      const bytes = await engines.encoder.encode(audio, { format, sampleRateHz: 22_050, channels: 2 });
      const back = await engines.decoder.decode(bytes);
      expect(back).toMatchObject({ format, sampleRateHz: 22_050 });
      expect(back.channels).toHaveLength(2);
      expect(Math.abs(back.durationMs - 2786)).toBeLessThan(80);
    }
    const odd = engines.encoder.encode(audio, { format: 'mp3', sampleRateHz: 20_000, channels: 1 });
    await expect(odd).rejects.toMatchObject({ code: 'validation_failed' });
  });

  it('refuses bad files with the codes of the reader', async () => {
    await expect(engines.decoder.decode(speech.subarray(0, 0) as never)).rejects.toMatchObject({
      code: 'invalid_audio',
    });
    const wav = fixture('human/goforward.wav');
    await expect(engines.decoder.decode(wav, { maxSeconds: 1 })).rejects.toMatchObject({
      code: 'audio_too_long',
      options: { details: { max_seconds: 1 } },
    });
  });
});

describe('what is there', () => {
  it('lists every engine with its health, and how to turn on what is off', async () => {
    const list = engines.list();
    expect(new Set(list.map(({ capability }) => capability))).toEqual(
      new Set(['vad', 'noise', 'echo', 'commands', 'transcription', 'speech', 'decode', 'encode']),
    );
    for (const info of list) {
      if (info.health().state === 'off') expect(info.health().detail).toMatch(/[Ii]nstall|[Ss]et|Not needed/);
    }
    await expect(engines.transcriber.transcribe(speech)).rejects.toMatchObject({
      code: 'capability_unavailable',
      message: expect.stringMatching(/JIGA_ASR_MODEL_DIR/),
    });
    const ports = [engines.frontEnd, engines.commands, engines.speech, engines.decoder];
    for (const port of ports) expect(await port.probe()).toMatchObject({ state: 'ok' });
  });
});
