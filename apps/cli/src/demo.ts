import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Callout } from '@jiga/contracts';
import { parseSize, positiveNumber, readOptions } from './arguments.js';
import type { ClipSource } from './clip-source.js';
import { calloutLine, colours, eventLine, noColours, stateLine, summarise, summaryLines, type Paint } from './feed.js';
import { playClip } from './play-clip.js';
import type { FrameRecord } from './replay.js';

const USAGE = `npm run demo -- [options]

Plays a clip of real gameplay through a session and prints what JIGA sees, as it sees it.

  --clip FILE   an MP4 to play (default: the bundled OpenArena clip)
  --fps N       frames a second to send (default 5)
  --size WxH    size of the frames, or native (default native)
  --speed N     pace, 1 = as recorded (default 1)
  --game ID     profile of the game (default auto: find out)
  --json        one JSON object a line instead of text
  --color       colours even when the output is no terminal
`;

const BUNDLED_CLIP = 'samples/openarena/oa_ctf_sample.mp4';
/** The state is printed this often, in seconds of the clip; events and callouts at once. */
const STATE_PERIOD_SECONDS = 1;

/** Writes what happens as it happens. Times are seconds from the clip's start. */
interface Reporter {
  intro(lines: readonly string[], facts: object): void;
  record(record: FrameRecord, startUnixSeconds: number): void;
  callout(callout: Callout, seconds: number): void;
  problem(message: string): void;
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const printJson = (type: string, data: object): void => print(JSON.stringify({ type, ...data }));

const jsonReporter: Reporter = {
  intro: (_lines, facts) => printJson('intro', facts),
  record: ({ sourceFrame, timeSeconds, sentAtMs, answeredAtMs, outcome }) =>
    printJson('frame', { source_frame: sourceFrame, time: timeSeconds, latency_ms: answeredAtMs - sentAtMs, outcome }),
  callout: (callout, time) => printJson('callout', { time, callout }),
  problem: (message) => printJson('problem', { message }),
};

function textReporter(paint: Paint): Reporter {
  let nextStateAt = 0;
  return {
    intro: (lines) => lines.forEach(print),
    record({ timeSeconds, sentAtMs, answeredAtMs, outcome }, startUnixSeconds) {
      if (outcome.status === 'error') print(`${outcome.code}: ${outcome.message}`);
      if (outcome.status !== 'result') return;
      for (const event of outcome.result.events) print(eventLine(event, event.timestamp - startUnixSeconds, paint));
      if (timeSeconds < nextStateAt) return;
      nextStateAt = timeSeconds + STATE_PERIOD_SECONDS;
      print(stateLine(outcome.result, timeSeconds, answeredAtMs - sentAtMs, paint));
    },
    callout: (callout, seconds) => print(calloutLine(callout, seconds, paint)),
    problem: print,
  };
}

interface DemoOptions {
  readonly source: ClipSource;
  readonly clip: string;
  readonly fps: number;
  readonly speed: number;
  readonly game: string;
  readonly json: boolean;
  readonly paint: Paint;
  readonly signal: AbortSignal;
}

async function run({ source, clip, fps, speed, game, json, paint, signal }: DemoOptions): Promise<void> {
  const reporter = json ? jsonReporter : textReporter(paint);
  const { startServer } = await import('./server-process.js');
  const server = await startServer();
  try {
    let start = 0;
    const { records, callouts } = await playClip({
      baseUrl: server.baseUrl,
      apiKey: server.apiKey,
      source,
      game,
      speed,
      signal,
      onStart({ session_id }, startUnixSeconds) {
        start = startUnixSeconds;
        server.resetLoopDelay();
        const { width, height } = source.size;
        const title = `JIGA watches ${basename(clip)}: ${width}×${height}, ${fps} frames a second, ${source.ffmpeg}`;
        const place = `server ${server.baseUrl}, session ${session_id}`;
        reporter.intro([paint('bold', title), paint('dim', place), ''], {
          clip,
          width,
          height,
          fps,
          session_id,
          base_url: server.baseUrl,
        });
      },
      onRecord: (record) => reporter.record(record, start),
      onCallout: (callout) => reporter.callout(callout, callout.timestamp - start),
      onError: (error) => reporter.problem(`connection: ${error.message}`),
    });
    const summary = summarise(records, callouts.length, await server.loopDelay());
    if (json) printJson('summary', summary);
    else ['', ...summaryLines(summary, paint)].forEach(print);
    if (summary.answered === 0) process.exitCode = 1;
  } finally {
    await server.close();
  }
}

async function main(): Promise<void> {
  const values = readOptions(USAGE, {
    clip: { type: 'string' },
    fps: { type: 'string', default: '5' },
    size: { type: 'string', default: 'native' },
    speed: { type: 'string', default: '1' },
    game: { type: 'string', default: 'auto' },
    json: { type: 'boolean', default: false },
    color: { type: 'boolean', default: false },
  });
  const bundled = fileURLToPath(new URL(`../../../../${BUNDLED_CLIP}`, import.meta.url));
  const clip = values.clip ?? bundled;
  const fps = positiveNumber('--fps', values.fps);
  const speed = positiveNumber('--speed', values.speed);
  // What decodes and serves takes a while to load: only once it is clear that it is wanted.
  const { openClip } = await import('./clip-source.js');
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort(new Error('stopped')));
  const source = await openClip({ file: clip, fps, size: parseSize(values.size), quality: 85 });
  // The bundled clip can be trusted with any decoder.
  if (source.warning !== undefined && clip !== bundled) process.stderr.write(`${source.warning}\n`);
  const paint = values.color || (process.stdout.isTTY && process.stdout.hasColors()) ? colours : noColours;
  await run({ source, clip, fps, speed, game: values.game, json: values.json, paint, signal: stop.signal });
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
