import { JigaClient } from '@jiga/client';

import type { ServerProcess } from '../../../apps/cli/src/server-process.js';
import { Asker } from '../../../apps/cli/src/voice/asker.js';

const SILENCE_TIMEOUT_S = 0.3;

/** The first sample counts that is less than 40 dB below the loudest: synthetic speech rises softly from nothing. */
const VOICED = 0.01;

/**
 * Talks over a long answer again and again, with the default settings and headphones; how long each went on after the first
 * voiced sample of the speech, in milliseconds. `null`: it did not stop.
 */
export async function interruptions(
  server: ServerProcess,
  phrases: readonly Float32Array[],
  times: number,
): Promise<(number | null)[]> {
  const client = new JigaClient({ baseUrl: server.baseUrl, apiKey: server.apiKey });
  const session = await client.createSession({
    user_id: 'bench',
    voice_chat_enabled: true,
    voice_chat_config: { silence_timeout: SILENCE_TIMEOUT_S },
  });
  const audio = client.audio(session);
  await audio.connect();
  const asker = new Asker(audio, SILENCE_TIMEOUT_S * 1000);
  const trimmed = phrases.map(fromFirstSound);
  const found: (number | null)[] = [];
  for (let i = 0; i < times; i++) {
    const talking = new Promise<void>((resolve) => {
      const stop = audio.on('response', () => {
        stop();
        resolve();
      });
    });
    audio.say('what can I say');
    await talking;
    await wait(600 + (i % 8) * 4);
    found.push(await asker.interrupt(trimmed[i % trimmed.length] ?? new Float32Array(0)));
    // What was said is understood, and answered.
    await wait(1_500);
    await asker.quiet();
  }
  asker.close();
  audio.close();
  await client.deleteSession(session.session_id);
  return found;
}

function fromFirstSound(speech: Float32Array): Float32Array {
  const peak = speech.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  return speech.subarray(speech.findIndex((sample) => Math.abs(sample) > peak * VOICED));
}

const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
