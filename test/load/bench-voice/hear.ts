import type { AudioEngines, FrontEndStream, NoiseMode, SpokenCommand, SpokenGrammar, VoiceFrame } from '@jiga/audio';

import { TurnDetector, type PlayerTurn } from '../../../libs/audio/src/turns/turn-detector.js';
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

/** All windows of a sound, pushed in chunks; `play` is told of each chunk before it is heard. */
export async function windowsOf(
  stream: FrontEndStream,
  pcm: Float32Array,
  play: (from: number, to: number) => void = () => undefined,
): Promise<VoiceFrame[]> {
  const windows: VoiceFrame[] = [];
  for (let at = 0; at < pcm.length; at += CHUNK) {
    play(at, at + CHUNK);
    windows.push(...(await stream.push(pcm.slice(at, at + CHUNK))));
  }
  return windows;
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
