import { readdir, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseSize, positiveNumber, readOptions } from '../../apps/cli/src/arguments.js';
import { openClip } from '../../apps/cli/src/clip-source.js';
import { loopDelayText } from '../../apps/cli/src/feed.js';
import { playClip } from '../../apps/cli/src/play-clip.js';
import { startServer, type ServerProcess } from '../../apps/cli/src/server-process.js';
import { addClips } from './bench-accuracy/add-clips.js';
import { expectationsOf } from './bench-accuracy/expectations.js';
import { headline, reportClip } from './bench-accuracy/report.js';
import { scoreClip, type ClipScore } from './bench-accuracy/score-clip.js';
import { readTruth } from './bench-accuracy/truth.js';

const USAGE = `npm run bench:accuracy -- --clips DIR [options]

Plays clips through the public socket and scores what JIGA says against what the game itself says.

  --clips DIR     folder of NAME.mp4 with NAME.json, the truth (see docs/benchmarks.md)
  --only NAME     only clips whose name contains NAME
  --size WxH      size of the frames, or native (default native)
  --fps N         frames a second (default 5)
  --quality N     JPEG quality 1-100 (default 85)
  --pace P        real: as recorded (default); fast: each frame when the one before is answered
  --parallel N    clips at a time, each in its own session of the one server (default 1)
  --game ID       profile of the game (default auto: find out)
  --mode MODE     high-speed mode of the sessions (default balanced)
  --cache C       on: results are used again as the mode says (default); off: none is shared
  --json FILE     write the scores there as well
`;

interface BenchOptions {
  readonly folder: string;
  readonly only: string;
  readonly size: { readonly width: number; readonly height: number } | null;
  readonly fps: number;
  readonly quality: number;
  readonly speed: number | null;
  readonly parallel: number;
  readonly game: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

async function playAndScore(name: string, server: ServerProcess, options: BenchOptions): Promise<ClipScore> {
  const { folder, fps, size, quality, speed, game, settings } = options;
  const truth = await readTruth(join(folder, `${name}.json`));
  const source = await openClip({ file: join(folder, `${name}.mp4`), fps, size, quality });
  if (source.warning !== undefined) console.error(source.warning);
  const played = await playClip({ baseUrl: server.baseUrl, apiKey: server.apiKey, source, game, speed, settings });
  const run = { clip: name, fps: truth.fps, durationSeconds: truth.frames / truth.fps, ...played };
  return scoreClip(run, expectationsOf(truth));
}

/** Plays all clips, `parallel` at a time; reports each when it is done. */
async function playAll(names: readonly string[], server: ServerProcess, options: BenchOptions): Promise<ClipScore[]> {
  const waiting = [...names];
  const scores: ClipScore[] = [];
  const worker = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const score = await playAndScore(name, server, options);
      scores.push(score);
      console.log(reportClip(score));
    }
  };
  await Promise.all(Array.from({ length: options.parallel }, worker));
  return scores;
}

async function clipNames({ folder, only }: BenchOptions): Promise<string[]> {
  const clips = (await readdir(folder)).filter((file) => file.endsWith('.mp4')).map((file) => basename(file, '.mp4'));
  return clips.filter((name) => name.includes(only) && existsSync(join(folder, `${name}.json`))).sort();
}

async function bench(options: BenchOptions, jsonFile: string | undefined): Promise<void> {
  const names = await clipNames(options);
  if (names.length === 0) throw new Error(`No clip with a truth file in ${options.folder}`);
  const server = await startServer();
  try {
    server.resetLoopDelay();
    const scores = await playAll(names, server, options);
    const delay = await server.loopDelay();
    const games = [...new Set(scores.map(({ gameId }) => gameId))].map((id) =>
      addClips(scores.filter(({ gameId }) => gameId === id)),
    );
    for (const game of games) if (scores.length > games.length) console.log(reportClip(game));
    const size = options.size ? `${options.size.width}x${options.size.height}` : 'native size';
    console.log(
      `${size}, ${options.fps} fps, ${options.speed === null ? 'fast' : 'real'} pace, ${options.parallel} at a time`,
    );
    for (const game of games) console.log(headline(game));
    console.log(`server ${loopDelayText(delay)}`);
    if (jsonFile !== undefined) await writeFile(jsonFile, JSON.stringify({ options, scores, games, delay }, null, 1));
  } finally {
    await server.close();
  }
}

async function main(): Promise<void> {
  const values = readOptions(USAGE, {
    clips: { type: 'string' },
    only: { type: 'string', default: '' },
    size: { type: 'string', default: 'native' },
    fps: { type: 'string', default: '5' },
    quality: { type: 'string', default: '85' },
    pace: { type: 'string', default: 'real' },
    parallel: { type: 'string', default: '1' },
    game: { type: 'string', default: 'auto' },
    mode: { type: 'string', default: 'balanced' },
    cache: { type: 'string', default: 'on' },
    json: { type: 'string' },
  });
  if (values.clips === undefined || !['real', 'fast'].includes(values.pace) || !['on', 'off'].includes(values.cache))
    throw new Error(USAGE);
  const options: BenchOptions = {
    folder: values.clips,
    only: values.only,
    size: parseSize(values.size),
    fps: positiveNumber('--fps', values.fps),
    quality: positiveNumber('--quality', values.quality),
    speed: values.pace === 'real' ? 1 : null,
    parallel: Math.max(1, Math.floor(positiveNumber('--parallel', values.parallel))),
    game: values.game,
    settings: {
      high_speed_mode: values.mode,
      ...(values.cache === 'off' && { high_speed_config: { enable_caching: false } }),
    },
  };
  await bench(options, values.json);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
