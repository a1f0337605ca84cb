import { JigaClient } from '@jiga/client';

import type { ServerProcess } from '../../../apps/cli/src/server-process.js';
import { Asker } from '../../../apps/cli/src/voice/asker.js';

const SILENCE_TIMEOUT_S = 0.3;

/** Talks over a long answer again and again; how long each went on after the first sound of the speech, in milliseconds. */
export async function interruptions(server: ServerProcess, speech: Float32Array, times: number): Promise<number[]> {
  const client = new JigaClient({ baseUrl: server.baseUrl, apiKey: server.apiKey });
  const session = await client.createSession({
    user_id: 'bench',
    voice_chat_enabled: true,
    // Headphones: nothing of what is played comes back.
    voice_chat_config: { silence_timeout: SILENCE_TIMEOUT_S, enable_echo_cancellation: false },
  });
  const audio = client.audio(session);
  await audio.connect();
  const asker = new Asker(audio, SILENCE_TIMEOUT_S * 1000);
  const first = speech.findIndex((sample) => Math.abs(sample) > 0.01);
  const found: number[] = [];
  for (let i = 0; i < times; i++) {
    const talking = new Promise<void>((resolve) => {
      const stop = audio.on('response', () => {
        stop();
        resolve();
      });
    });
    audio.say('what can I say');
    await talking;
    await wait(600);
    const ms = await asker.interrupt(speech.subarray(first));
    if (ms !== null) found.push(ms);
    await wait(2_500);
  }
  asker.close();
  audio.close();
  await client.deleteSession(session.session_id);
  return found;
}

const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
