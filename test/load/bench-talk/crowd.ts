import { JigaClient } from '@jiga/client';

import type { ServerProcess } from '../../../apps/cli/src/server-process.js';
import { Asker, type Asked } from '../../../apps/cli/src/voice/asker.js';

const SILENCE_TIMEOUT_S = 0.5;
const ASKINGS = 4;
/** Each player asks about so often, at moments of their own: never in step with the others. */
const PERIOD_MS = 6_000;
const SEED = 20;

export interface Crowd {
  readonly asked: number;
  readonly unheard: number;
  readonly latencies: readonly number[];
  readonly loop: Awaited<ReturnType<ServerProcess['loopDelay']>>;
}

/** So many open microphones at once, each asking now and then. */
export async function crowd(server: ServerProcess, question: Float32Array, voices: number): Promise<Crowd> {
  server.resetLoopDelay();
  const asked = (
    await Promise.all(Array.from({ length: voices }, (_, i) => onePlayer(server, question, randomFrom(SEED + i))))
  ).flat();
  const latencies = asked.flatMap(({ latencyMs }) => (latencyMs === null ? [] : [latencyMs]));
  const unheard = asked.length - latencies.length;
  return { asked: asked.length, unheard, latencies, loop: await server.loopDelay() };
}

async function onePlayer(server: ServerProcess, question: Float32Array, random: () => number): Promise<Asked[]> {
  const client = new JigaClient({ baseUrl: server.baseUrl, apiKey: server.apiKey });
  const session = await client.createSession({
    user_id: 'bench',
    voice_chat_enabled: true,
    voice_chat_config: { silence_timeout: SILENCE_TIMEOUT_S },
  });
  const audio = client.audio(session);
  await audio.connect();
  const asker = new Asker(audio, SILENCE_TIMEOUT_S * 1000);
  await wait(random() * PERIOD_MS);
  const asked: Asked[] = [];
  for (let i = 0; i < ASKINGS; i++) {
    const startedAtMs = performance.now();
    asked.push(await asker.ask(question));
    await asker.quiet();
    const periodMs = PERIOD_MS * (0.5 + random());
    await wait(Math.max(0, periodMs - (performance.now() - startedAtMs)));
  }
  asker.close();
  audio.close();
  await client.deleteSession(session.session_id);
  return asked;
}

/** Numbers from 0 to 1, the same in every run; mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
