import type { AudioEngines, FrontEndStream, NoiseMode, SpokenCommand, SpokenGrammar, VoiceFrame } from '@jiga/audio';

import { BargeIn } from '../../../libs/audio/src/turns/barge-in.js';
import { TurnDetector, type PlayerTurn } from '../../../libs/audio/src/turns/turn-detector.js';
import { addWindows } from '../../../libs/audio/src/turns/windows.js';
import { RATE_HZ } from './material.js';

/** The defaults of a session. */
const SETTINGS = {
  voice_activation_threshold: 0.3,
  silence_timeout: 0.8,
  max_recording_duration: 30,
  continuous_listening: true,
  auto_voice_activation: true,
};
/** 100 ms, as a client sends it. */
const CHUNK = RATE_HZ / 10;

export function openStream(
  engines: AudioEngines,
  noiseSuppression: NoiseMode,
  echoCancellation = false,
): FrontEndStream {
  return engines.frontEnd.open({ sampleRateHz: RATE_HZ, channels: 1, noiseSuppression, echoCancellation });
}

/** What comes of a sound pushed in chunks; `play` is told of each chunk before it is heard. */
export async function listenTo(
  stream: FrontEndStream,
  pcm: Float32Array,
  play: (from: number, to: number) => void = () => undefined,
): Promise<{ readonly windows: VoiceFrame[]; readonly voicing: number[] }> {
  const windows: VoiceFrame[] = [];
  const voicing: number[] = [];
  for (let at = 0; at < pcm.length; at += CHUNK) {
    play(at, at + CHUNK);
    const heard = await stream.push(pcm.slice(at, at + CHUNK));
    addWindows(windows, heard.frames);
    voicing.push(...heard.voicing);
  }
  return { windows, voicing };
}

/** All windows of a sound. */
export const windowsOf = async (stream: FrontEndStream, pcm: Float32Array): Promise<VoiceFrame[]> =>
  (await listenTo(stream, pcm)).windows;

/** Times that JIGA, speaking all along, would fall silent for a moment. */
export function pausesOf(voicing: readonly number[]): number {
  const bargeIn = new BargeIn();
  const floor = { isSounding: true, isPlayersTurn: false, threshold: SETTINGS.voice_activation_threshold };
  return voicing.filter((probability) => bargeIn.sense(probability, floor) === 'pause').length;
}

/** The turns that a session would find. */
export function turnsOf(windows: readonly VoiceFrame[]): PlayerTurn[] {
  const detector = new TurnDetector(SETTINGS);
  const events = windows.flatMap((window) => detector.push(window));
  // Where the game goes on, there is no silence to end the last turn: the sound's end does.
  return [...events, ...detector.commit()].flatMap((event) => (event.type === 'turn_ended' ? [event.turn] : []));
}

/** What a session hears in a sound: its turns, each recognised. */
export async function hear(
  engines: AudioEngines,
  pcm: Float32Array,
  noise: NoiseMode,
  grammar: SpokenGrammar,
): Promise<SpokenCommand[]> {
  const stream = openStream(engines, noise);
  try {
    const commands: SpokenCommand[] = [];
    for (const turn of turnsOf(await windowsOf(stream, pcm))) {
      const command = await engines.commands.recognise(turn.pcm, grammar);
      if (command?.accepted) commands.push(command);
    }
    return commands;
  } finally {
    stream.close();
  }
}
