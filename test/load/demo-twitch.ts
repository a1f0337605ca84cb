// A Twitch channel played by a fake of Twitch on this machine: real segments of the bundled clip through the real path, with
// an advertisement break and a stall. `npm run demo:twitch`, from the root of the repository; takes about 50 seconds.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { locateFfmpeg } from '@jiga/media';
import { ffmpegSearch, loadConfig, SystemClock } from '@jiga/platform';
import { ffmpegDecoders, GuardedHttp, type StreamHandlers } from '@jiga/streams';
import { FakeTwitchServer, makeMedia } from '@jiga/testing';
import { TwitchResolver, twitchService, TwitchStreamManager } from '@jiga/twitch';

const CLIP = 'test/fixtures/openarena/oa_ctf_sample.mp4';
const CHANNEL = 'demo_channel';
const LIVE_S = 8;
const AD_SEGMENTS = 4;
const STALL_S = 9;

const startedMs = performance.now();
const say = (text: string): void => {
  process.stdout.write(`${((performance.now() - startedMs) / 1000).toFixed(1).padStart(6)} s  ${text}\n`);
};

const found = await locateFfmpeg(ffmpegSearch());
if (!found.found) throw new Error(found.remedy);
const folder = await mkdtemp(join(tmpdir(), 'jiga-demo-'));
say('cutting the bundled clip into segments');
const base = { ffmpegPath: found.path, clip: CLIP, directory: folder, seconds: 20 };
const media = await makeMedia({ ...base, width: 640, height: 360 });
const fake = await FakeTwitchServer.listen({
  nowMs: () => Date.now(),
  media: (_rung, n) => media.segments[n % media.segments.length] ?? Buffer.alloc(0),
});
const channel = fake.twitch.channel(CHANNEL).goLive();
const clock = new SystemClock();
const http = new GuardedHttp({ clock });
const service = twitchService(
  loadConfig({
    JIGA_TWITCH_GQL_URL: fake.gqlUrl,
    JIGA_TWITCH_USHER_URL: fake.usherUrl,
    JIGA_STREAM_ALLOWED_HOSTS: '127.0.0.1',
  }),
  clock,
  http,
);

let frames = 0;
const handlers: StreamHandlers = {
  onFrames: (given) => {
    frames += given.length;
    const newest = given.at(-1);
    if (newest && newest.sequence % 4 === 1) say(`frame ${newest.sequence}: ${newest.jpeg.length} bytes`);
  },
  onState: ({ state, error }) => say(`state ${state}${error ? `: ${error.message}` : ''}`),
  onNotice: (notice) => say(`notice ${JSON.stringify(notice)}`),
};
const manager = new TwitchStreamManager({ channelName: CHANNEL }, handlers, {
  clock,
  http,
  openDecoder: ffmpegDecoders(() => Promise.resolve(found), clock),
  resolverFor: (wish) => new TwitchResolver(service, wish),
  connection: { retryDelayMs: 1000, windowMs: 60_000 },
});

try {
  manager.start();
  await delay(LIVE_S * 1000);
  const first = channel.edge + 1;
  channel.adBreaks = [[first, first + AD_SEGMENTS - 1]];
  await delay((AD_SEGMENTS * channel.segmentS + LIVE_S) * 1000);
  say('the playlist stands still');
  channel.frozenAt = channel.edge + 1;
  await delay(STALL_S * 1000);
  channel.frozenAt = Infinity;
  say('the playlist moves again');
  await delay(LIVE_S * 1000);
  const { latencyS, framesPerSecond, stalls, adBreaks, segments } = manager.health();
  say(`health ${JSON.stringify({ frames, latencyS, framesPerSecond, stalls, adBreaks, segments })}`);
} finally {
  await manager.close();
  http.close();
  await fake.close();
  await rm(folder, { recursive: true });
}
