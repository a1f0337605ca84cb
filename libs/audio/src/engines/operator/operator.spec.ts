import { describe, expect, it } from '@jest/globals';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { tempDir } from '@jiga/testing';

import { findTranscriptionModel, findVoiceModel } from './model-folder.js';
import { loadOperator } from './operator.role.js';
import { loadSherpa, type SherpaModule } from './sherpa.js';

const asr = (path: string, names: string[]) => findTranscriptionModel({ path, names }, 'fr');
const tts = (path: string, names: string[]) => findVoiceModel({ path, names });
const signal = new AbortController().signal;

describe('findTranscriptionModel', () => {
  it.each([
    [
      '/m/sherpa-onnx-whisper-tiny',
      ['tiny-encoder.onnx', 'tiny-encoder.int8.onnx', 'tiny-decoder.int8.onnx', 'tiny-tokens.txt'],
      'whisper',
    ],
    [
      '/m/moonshine',
      ['preprocess.onnx', 'encode.int8.onnx', 'uncached_decode.int8.onnx', 'cached_decode.int8.onnx', 'tokens.txt'],
      'moonshine',
    ],
    [
      '/m/sherpa-onnx-nemo-parakeet-tdt-0.6b',
      ['encoder.int8.onnx', 'decoder.int8.onnx', 'joiner.int8.onnx', 'tokens.txt'],
      'parakeet',
    ],
    [
      '/m/zipformer-en',
      ['encoder-epoch-99.onnx', 'decoder-epoch-99.onnx', 'joiner-epoch-99.onnx', 'tokens.txt'],
      'zipformer',
    ],
    ['/m/canary-180m', ['encoder.int8.onnx', 'decoder.int8.onnx', 'tokens.txt'], 'canary'],
    ['/m/sense-voice', ['model.int8.onnx', 'tokens.txt'], 'sense-voice'],
    ['/m/zipformer-ctc-small', ['model.int8.onnx', 'tokens.txt'], 'zipformer-ctc'],
  ])('knows %s by its files', (path, names, kind) => {
    expect(asr(path, names)).toMatchObject({ kind, config: { tokens: expect.stringMatching(/tokens\.txt$/) } });
  });

  it('takes the smaller build and the language', () => {
    const names = ['tiny-encoder.onnx', 'tiny-encoder.int8.onnx', 'tiny-decoder.onnx', 'tiny-tokens.txt'];
    const encoder = join('/m/whisper', 'tiny-encoder.int8.onnx');
    expect(asr('/m/whisper', names)).toMatchObject({ config: { whisper: { encoder, language: 'fr' } } });
  });

  it.each([
    ['/m/empty', [], /tokens/],
    ['/m/whatever', ['model.onnx', 'tokens.txt'], /name of the folder/],
    ['/m/streaming-zipformer', ['encoder.onnx', 'decoder.onnx', 'joiner.onnx', 'tokens.txt'], /streaming/],
    ['/m/half', ['encoder.onnx', 'tokens.txt'], /none of the files/],
  ])('says why %s is no model', (path, names, reason) => {
    expect(asr(path, names)).toMatchObject({ kind: null, reason: expect.stringMatching(reason) });
  });
});

describe('findVoiceModel', () => {
  it.each([
    ['/m/vits-piper-en', ['en_US-amy-low.onnx', 'tokens.txt', 'espeak-ng-data'], 'vits'],
    ['/m/kokoro-en-v0_19', ['model.onnx', 'voices.bin', 'tokens.txt', 'espeak-ng-data'], 'kokoro'],
    ['/m/kitten-nano', ['model.fp16.onnx', 'voices.bin', 'tokens.txt', 'espeak-ng-data'], 'kitten'],
    ['/m/matcha-en', ['model-steps-3.onnx', 'vocos-22khz-univ.onnx', 'tokens.txt', 'espeak-ng-data'], 'matcha'],
  ])('knows %s by its files', (path, names, kind) => {
    expect(tts(path, names)).toMatchObject({ kind });
  });

  it('says what is missing', () => {
    expect(tts('/m/a', ['model.onnx'])).toMatchObject({ reason: expect.stringMatching(/tokens/) });
    expect(tts('/m/a', ['model-steps-3.onnx', 'tokens.txt'])).toMatchObject({
      reason: expect.stringMatching(/vocoder/),
    });
  });
});

describe('the operator’s models', () => {
  /** What the engine was given; it hears its own configuration. */
  const engine: SherpaModule = {
    OfflineRecognizer: class {
      constructor(private readonly config: object) {}
      createStream = () => ({ acceptWaveform: () => undefined });
      decode = (): void => undefined;
      getResult = () => ({
        text: ` ${Object.keys((this.config as { modelConfig: object }).modelConfig)[0]} `,
        lang: '<|fr|>',
      });
    },
    OfflineTts: class {
      sampleRate = 22_050;
      numSpeakers = 2;
      generate = ({ sid, speed }: { sid: number; speed: number }) => ({
        samples: Float32Array.of(sid, speed),
        sampleRate: 22_050,
      });
    },
  };

  it('loads what the folders hold, and says so', async () => {
    const root = await tempDir();
    const [asrModelDir, ttsModelDir] = [join(root.path, 'whisper-tiny'), join(root.path, 'vits-piper')];
    for (const folder of [asrModelDir, ttsModelDir]) await mkdir(folder);
    for (const name of ['a-encoder.onnx', 'a-decoder.onnx', 'a-tokens.txt'])
      await writeFile(join(asrModelDir, name), '');
    for (const name of ['a.onnx', 'tokens.txt', 'lexicon.txt']) await writeFile(join(ttsModelDir, name), '');
    const work = await loadOperator({ asrModelDir, ttsModelDir }, () => engine);
    const run = async (method: string, argument: unknown) => (await work[method]?.(argument as never, signal))?.value;

    expect(await run('probeTranscription', null)).toBe('whisper');
    const pcm = new Float32Array(160);
    expect(await run('transcribe', { pcm, language: 'en' })).toEqual({ text: 'whisper', language: 'fr' });
    expect(await run('probeSpeech', null)).toEqual({ kind: 'vits', speakers: 2 });
    expect(await run('speak', { text: 'Hi', speaker: 1, rate: 2 })).toEqual({
      pcm: Float32Array.of(1, 2),
      sampleRateHz: 22_050,
    });
    await expect(run('speak', { text: 'Hi', speaker: 2, rate: 1 })).rejects.toThrow('The model has no speaker 2');
    await root.remove();
  });

  it('says what to do where the package or the folder is missing', async () => {
    expect(() => loadSherpa(() => null)).toThrow(/npm install .*sherpa-onnx-node@/);
    const work = await loadOperator({ asrModelDir: '/nowhere', ttsModelDir: null }, () => engine);
    const probe = async () => work['probeTranscription']?.(null as never, signal);
    await expect(probe()).rejects.toMatchObject({
      code: 'capability_unavailable',
      message: expect.stringMatching(/read/),
    });
  });
});
