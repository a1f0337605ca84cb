import type { AudioEngines, VoiceFrame } from '@jiga/audio';

import { listenTo, openStream, pausesOf, turnsOf, windowsOf } from './hear.js';
import { COMMANDS, Material, RATE_HZ } from './material.js';
import { OTHER_SPEECH } from './other-speech.js';

export interface EchoResult {
  readonly minutes: number;
  readonly canceller: string;
  /** Turns that the server's own voice started; with the canceller off for comparison. */
  readonly turns: number;
  readonly turnsWithout: number;
  /** Times that it would have fallen silent for a moment, hearing itself. */
  readonly pauses: number;
}

const DELAY_S = 0.06;
const GAIN = 0.5;
const VOICE = 'rms';

/** The server's own voice, fed back at −6 dB after 60 ms, for so many minutes of sound; faster than it sounds. */
export async function benchEcho(engines: AudioEngines, minutes: number): Promise<EchoResult> {
  const material = new Material(engines);
  const texts = [...COMMANDS, ...OTHER_SPEECH];
  const stream = openStream(engines, 'full', true);
  const bare = openStream(engines, 'full');
  const windows: VoiceFrame[] = [];
  const voicing: number[] = [];
  let without = 0;
  let seconds = 0;
  await stream.push(new Float32Array(RATE_HZ));
  for (let turn = 0; seconds < minutes * 60; turn++) {
    const spoken = await material.say(texts[turn % texts.length] ?? '', VOICE);
    const heard = new Float32Array(spoken.length);
    heard.set(
      spoken.subarray(0, spoken.length - DELAY_S * RATE_HZ).map((value) => value * GAIN),
      DELAY_S * RATE_HZ,
    );
    const found = await listenTo(stream, heard, (from, to) => stream.play(spoken.slice(from, to), RATE_HZ));
    windows.push(...found.windows);
    voicing.push(...found.voicing);
    if (turn < texts.length) without += turnsOf(await windowsOf(bare, heard)).length;
    seconds += spoken.length / RATE_HZ;
  }
  const { echo } = stream.state;
  stream.close();
  bare.close();
  const [turns, pauses] = [turnsOf(windows).length, pausesOf(voicing)];
  return { minutes: seconds / 60, canceller: echo, turns, turnsWithout: without, pauses };
}
