import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { JigaClient } from '@jiga/client';
import type { AudioConnection } from '@jiga/client';

import { openClip } from '../../../apps/cli/src/clip-source.js';
import { playClip } from '../../../apps/cli/src/play-clip.js';
import type { ServerProcess } from '../../../apps/cli/src/server-process.js';
import { Asker, type Asked } from '../../../apps/cli/src/voice/asker.js';

const FIXTURE = fileURLToPath(new URL('../../../../samples/openarena/oa_ctf_sample', import.meta.url));
const SILENCE_TIMEOUT_S = 0.3;
const FIRST_AFTER_MS = 2_500;
/** A score that changed a moment ago may be told as it was: the picture is read five times a second, and heavily now and then. */
const GRACE_S = 1.5;

interface Truth {
  readonly fps: number;
  readonly changes: { readonly hud_scores: readonly (readonly [frame: number, scores: readonly [number, number]])[] };
}

export interface WatchedTalk {
  readonly asked: number;
  readonly right: number;
  readonly unknown: number;
  readonly unheard: number;
  readonly wrong: readonly string[];
  readonly latencies: readonly number[];
  readonly loop: Awaited<ReturnType<ServerProcess['loopDelay']>>;
}

/** Asks for the score politely again and again while the bundled clip plays, with the default settings; each answer is held against the game's own record. */
export async function watchedTalk(
  server: ServerProcess,
  question: Float32Array,
  askings: number,
): Promise<WatchedTalk> {
  const truth = JSON.parse(await readFile(`${FIXTURE}.json`, 'utf8')) as Truth;
  const all: (Asked & { readonly clipS: number })[] = [];
  server.resetLoopDelay();
  while (all.length < askings) all.push(...(await onePlay(server, question, askings - all.length)));
  const wrong: string[] = [];
  const counts = { right: 0, unknown: 0, unheard: 0 };
  for (const { answer, clipS } of all) {
    if (!answer) counts.unheard++;
    else if (!answer.known) counts.unknown++;
    else if (isTrue(answer.text, clipS, truth)) counts.right++;
    else wrong.push(`at ${clipS.toFixed(1)} s: ${answer.text}`);
  }
  const latencies = all.flatMap(({ latencyMs }) => (latencyMs === null ? [] : [latencyMs]));
  return { asked: all.length, ...counts, wrong, latencies, loop: await server.loopDelay() };
}

async function onePlay(server: ServerProcess, question: Float32Array, most: number) {
  const source = await openClip({ file: `${FIXTURE}.mp4`, fps: 5, size: null, quality: 85 });
  const client = new JigaClient({ baseUrl: server.baseUrl, apiKey: server.apiKey });
  const asked: (Asked & { readonly clipS: number })[] = [];
  const over = new AbortController();
  let talking: Promise<void> = Promise.resolve();
  let audio: AudioConnection | undefined;
  const talk = async (startUnixSeconds: number): Promise<void> => {
    await audio?.connect();
    const asker = new Asker(audio as AudioConnection, SILENCE_TIMEOUT_S * 1000);
    await wait(FIRST_AFTER_MS);
    await asker.quiet();
    while (!over.signal.aborted && asked.length < most) {
      const one = await asker.ask(question);
      asked.push({ ...one, clipS: one.askedAtMs / 1000 - startUnixSeconds });
      await asker.quiet();
    }
    asker.close();
  };
  await playClip({
    baseUrl: server.baseUrl,
    apiKey: server.apiKey,
    source,
    game: 'openarena',
    speed: 1,
    settings: { voice_chat_enabled: true, voice_chat_config: { silence_timeout: SILENCE_TIMEOUT_S } },
    onStart: (session, startUnixSeconds) => {
      audio = client.audio(session);
      talking = talk(startUnixSeconds);
      talking.catch(() => {});
    },
    beforeEnd: async () => {
      over.abort();
      await talking;
    },
  });
  audio?.close();
  return asked;
}

/** Whether the scores that were told stood on the screen between the question and a moment before it. */
function isTrue(text: string, clipS: number, { fps, changes }: Truth): boolean {
  const told = ['red', 'blue'].map((team) => Number(new RegExp(`${team} (\\d+)`, 'i').exec(text)?.[1] ?? Number.NaN));
  const at = (seconds: number) => changes.hud_scores.findLast(([frame]) => frame <= Math.max(0, seconds) * fps)?.[1];
  return [at(clipS + SILENCE_TIMEOUT_S), at(clipS - GRACE_S)].some(
    (scores) => scores?.[0] === told[0] && scores?.[1] === told[1],
  );
}

const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
