import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { locateFfmpeg } from '@jiga/media';
import { VirtualClock } from '@jiga/testing';

import type { AudioEngines } from '../ports/audio-engines.js';
import { VOICE_WINDOW_SAMPLES } from '../ports/pcm.js';
import { addWindows, joinWindows } from '../turns/windows.js';
import type { VoiceFrame } from '../ports/front-end.port.js';
import { Understanding } from '../understanding/understanding.js';
import { createAudioEngines } from './create-audio-engines.js';

const RATE_HZ = 16_000;
/** The fight's power below that of the words, in dB. */
const LEVEL_DB = 10;
const PLAYER = new Understanding('en', {
  game: { places: ['red base', 'blue base', 'bridge'], weapons: ['railgun', 'rocket launcher'] },
  players: ['Sarge', 'Skelebot'],
});
const SAID = [
  ['what is the score', 'rms'],
  ['how long left', 'slt'],
  ['where am i', 'awb'],
  ['who killed me', 'kal16'],
  ['how am i doing', 'slt'],
  ['enemy at a site', 'awb'],
  ['need backup mid', 'rms'],
  ['hold the bridge', 'kal16'],
  ['only urgent', 'slt'],
  ['two enemies at red base', 'awb'],
  ['skelebot is at the bridge', 'rms'],
  ['they have the railgun', 'kal16'],
] as const;

let engines: AudioEngines;
let fight: Float32Array;

beforeAll(async () => {
  const ffmpeg = await locateFfmpeg({ searchPath: process.env['PATH'] });
  const ffmpegPath = ffmpeg.found ? ffmpeg.path : null;
  engines = createAudioEngines({ clock: new VirtualClock(), ffmpegPath, asrModelDir: null, ttsModelDir: null });
  const path = new URL('../../../../test/fixtures/freedoom/freedoom-fight.ogg', import.meta.url);
  const { channels, sampleRateHz } = await engines.decoder.decode(readFileSync(fileURLToPath(path)));
  fight = await engines.encoder.resample(channels[0] ?? new Float32Array(0), sampleRateHz, RATE_HZ);
});
afterAll(() => engines.close());

const power = (pcm: Float32Array): number => pcm.reduce((sum, value) => sum + value ** 2, 0) / Math.max(1, pcm.length);

/** The words with half a second before and after them, all in the middle of the fight. */
async function saidInTheFight(text: string, voice: string, at: number): Promise<Float32Array> {
  const pieces = [];
  for await (const piece of engines.speech.synthesise({ text, voice, quality: 'standard' })) pieces.push(piece);
  const words = await engines.encoder.resample(
    pieces[0]?.pcm ?? new Float32Array(0),
    pieces[0]?.sampleRateHz ?? RATE_HZ,
    RATE_HZ,
  );
  const around = fight.subarray(at * RATE_HZ, at * RATE_HZ + words.length + RATE_HZ);
  const gain = Math.sqrt(power(words) / power(around) / 10 ** (LEVEL_DB / 10));
  return around.map((value, index) => gain * value + (words[index - RATE_HZ / 2] ?? 0));
}

async function suppressed(pcm: Float32Array): Promise<Float32Array> {
  const stream = engines.frontEnd.open({
    sampleRateHz: RATE_HZ,
    channels: 1,
    noiseSuppression: 'full',
    echoCancellation: false,
  });
  const windows: VoiceFrame[] = [];
  for (let at = 0; at < pcm.length; at += VOICE_WINDOW_SAMPLES)
    addWindows(windows, (await stream.push(pcm.slice(at, at + VOICE_WINDOW_SAMPLES))).frames);
  stream.close();
  return joinWindows(windows);
}

it('understands what is said in a fight', async () => {
  const understood: string[] = [];
  for (const [index, [text, voice]] of SAID.entries()) {
    const pcm = await suppressed(await saidInTheFight(text, voice, 2 * index));
    const command = await engines.commands.recognise(pcm, PLAYER.grammar);
    if (command?.accepted && command.text === text) understood.push(text);
  }
  expect(understood.length).toBeGreaterThanOrEqual(SAID.length - 1);
}, 60_000);
