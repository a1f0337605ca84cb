import { setTimeout as delay } from 'node:timers/promises';

import { readOptions } from '../../apps/cli/src/arguments.js';
import { JigaClient } from '@jiga/client';
import { HIGH_SPEED_MODES, HIGH_SPEED_PRESETS, type HighSpeedMode } from '@jiga/contracts';
import { pictureAdviceOf } from '@jiga/sessions';
import { FAKE_LADDER, FakeTwitchServer, makeMedia, SAMPLE_CLIP } from '@jiga/testing';

import { openClip } from '../../apps/cli/src/clip-source.js';
import { playClip } from '../../apps/cli/src/play-clip.js';
import { startServer, type ServerProcess } from '../../apps/cli/src/server-process.js';
import { expectationsOf } from './bench-accuracy/expectations.js';
import { f1, scoreEvents, type ClaimedEvent, type EventScores } from './bench-accuracy/score-events.js';
import { readTruth, type ClipTruth } from './bench-accuracy/truth.js';

const USAGE = `npm run bench:twitch -- [options]

Whether a clip that is broadcast on a fake Twitch gives the same events as the same clip sent over the direct socket, and how long it
takes from going live to the first analysed frame.

  --clip FILE   NAME.mp4 with NAME.json, the truth, beside it (default: the bundled OpenArena clip)
  --mode MODE   high-speed mode of the sessions (default balanced)
`;

const SEGMENT_S = 2;
const FPS = 5;
/** What the broadcaster sends: the one rendition of a small channel. */
const SOURCE = { width: 1280, height: 720, bitsPerSecond: 6_000_000 };
const CHANNEL = 'bench_channel';
/** After the last segment, for the analysis to end. */
const SETTLE_MS = 6_000;
const GIVE_UP_S = 30;

interface ApiEvent {
  readonly type: string;
  readonly data: { readonly type: string; readonly timestamp: number; readonly detail: ClaimedEvent['detail'] };
}

interface Play {
  readonly game: string;
  readonly seconds: number;
  readonly mode: HighSpeedMode;
}

interface Run {
  readonly claims: readonly ClaimedEvent[];
  readonly frames: number;
}

const requestOf = (mode: HighSpeedMode) =>
  ({ user_id: 'jiga-bench', high_speed_vision: true, high_speed_mode: mode }) as const;

/** The pictures that the server itself takes from a stream, sent by a client. */
async function direct(server: ServerProcess, clip: string, { game, mode }: Play): Promise<Run> {
  const settings = { high_speed_vision: true, high_speed_config: HIGH_SPEED_PRESETS[mode] };
  const { width, height, jpeg_quality: quality } = pictureAdviceOf(settings);
  const source = await openClip({ file: clip, fps: FPS, size: { width, height }, quality });
  const { baseUrl, apiKey } = server;
  const { records, startUnixSeconds } = await playClip({
    baseUrl,
    apiKey,
    source,
    game,
    settings: { high_speed_mode: mode },
    speed: 1,
  });
  const results = records.flatMap(({ outcome }) => (outcome.status === 'result' ? [outcome.result] : []));
  const events = new Map(results.flatMap((result) => result.events).map((event) => [event.event_id, event]));
  const claims = [...events.values()].map(({ type, timestamp, detail }) => ({
    type,
    t: timestamp - startUnixSeconds,
    detail,
  }));
  return { claims, frames: results.length };
}

async function broadcast(
  server: ServerProcess,
  fake: FakeTwitchServer,
  { game, seconds, mode }: Play,
): Promise<Run & { readonly firstFrameS: number }> {
  const get = async <T>(path: string): Promise<T> => {
    const headers = { authorization: `Bearer ${server.apiKey}` };
    return (await (await fetch(`${server.baseUrl}/api/v1/jiga${path}`, { headers })).json()) as T;
  };
  const client = new JigaClient({ baseUrl: server.baseUrl, apiKey: server.apiKey });
  const channel = fake.twitch.channel(CHANNEL).goLive(0);
  channel.segmentS = SEGMENT_S;
  channel.rungs = FAKE_LADDER.slice(0, 1).map((rung) => ({ ...rung, ...SOURCE, name: '720p', fps: 30 }));
  channel.frozenAt = Math.ceil(seconds / SEGMENT_S);
  const liveAt = (channel.startedMs ?? 0) / 1000;
  const { session_id: id } = await client.createSession({
    ...requestOf(mode),
    game,
    video_input_source: 'twitch',
    video_source_config: { channel_name: CHANNEL },
  });
  let firstAt: number | null = null;
  while (firstAt === null) {
    if (Date.now() / 1000 - liveAt > GIVE_UP_S) throw new Error('No frame was analysed');
    await delay(20);
    firstAt = (await get<{ last_analysis_at: number | null }>(`/sessions/${id}/status`)).last_analysis_at;
  }
  await delay(Math.max(0, (liveAt + channel.frozenAt * SEGMENT_S) * 1000 - Date.now()) + SETTLE_MS);
  const { items } = await get<{ items: ApiEvent[] }>(`/sessions/${id}/events?limit=500&types=game.*`);
  const { frames } = await get<{ frames: { analysed: number } }>(`/sessions/${id}/metrics`);
  await client.deleteSession(id);
  const claims = items.map(({ data: { type, timestamp, detail } }) => ({ type, t: timestamp - liveAt, detail }));
  return { claims, frames: frames.analysed, firstFrameS: firstAt - liveAt };
}

/** Over all types together. */
function overall({ types }: EventScores): number {
  const sum = (of: 'expected' | 'found' | 'invented'): number => types.reduce((total, type) => total + type[of], 0);
  return (2 * sum('found')) / Math.max(1, sum('expected') + sum('found') + sum('invented'));
}

function report(name: string, run: Run, truth: ClipTruth): number {
  const { events, judged } = expectationsOf(truth);
  const scores = scoreEvents(events, run.claims, judged);
  const types = scores.types
    .filter((type) => f1(type) !== null)
    .map((type) => `${type.type} ${type.found}/${type.expected}+${type.invented}`);
  console.log(`${name}: ${run.frames} frames, F1 ${(overall(scores) * 100).toFixed(1)} % (${types.join(', ')})`);
  return overall(scores);
}

async function main(): Promise<void> {
  const values = readOptions(USAGE, {
    clip: { type: 'string', default: SAMPLE_CLIP },
    mode: { type: 'string', default: 'balanced' },
  });
  const mode = HIGH_SPEED_MODES.find((name) => name === values.mode);
  if (!mode) throw new Error(`--mode is one of ${HIGH_SPEED_MODES.join(', ')}`);
  const truth = await readTruth(values.clip.replace(/\.mp4$/, '.json'));
  const { width, height, bitsPerSecond } = SOURCE;
  const sized = { width, height, kbps: bitsPerSecond / 1000 };
  const { segments } = await makeMedia({ clip: values.clip, segmentS: SEGMENT_S, ...sized });
  const media = (_rung: string, n: number): Buffer => segments[n] ?? Buffer.alloc(0);
  const fake = await FakeTwitchServer.listen({ nowMs: () => Date.now(), media });
  const server = await startServer({
    environment: fake.environment,
  });
  try {
    const game = expectationsOf(truth).gameId;
    const play = { game, mode, seconds: truth.frames / truth.fps };
    const sent = report('direct socket', await direct(server, values.clip, play), truth);
    const run = await broadcast(server, fake, play);
    const watched = report('fake Twitch', run, truth);
    console.log(`difference ${((watched - sent) * 100).toFixed(1)} points; at most 3 are allowed`);
    const bound = 2 * SEGMENT_S + 1;
    console.log(`live to first analysed frame ${run.firstFrameS.toFixed(2)} s; at most ${bound} s are allowed`);
    if (sent - watched > 0.03 || run.firstFrameS > bound) process.exitCode = 1;
  } finally {
    await server.close();
    await fake.close();
  }
}

await main();
