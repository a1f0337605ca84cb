/**
 * `npm run bench:talk`: how fast JIGA answers a voice while it watches, whether what it says is true, how fast it stops when
 * it is talked over, and how many voices it hears at once. Through the front door: a server of its own, the published client.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

import { formatMs, percentile } from '../../apps/cli/src/percentiles.js';
import { speakAll } from '../../apps/cli/src/voice/questions.js';
import { startServer } from '../../apps/cli/src/server-process.js';
import { crowd } from './bench-talk/crowd.js';
import { interruptions } from './bench-talk/interruptions.js';
import { watchedTalk } from './bench-talk/watched-talk.js';

const { values } = parseArgs({
  options: {
    askings: { type: 'string', default: '50' },
    voices: { type: 'string', default: '20' },
    interruptions: { type: 'string', default: '20' },
  },
});

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const row = (name: string, numbers: readonly number[]): void =>
  print(
    `${name}: n ${numbers.length}, p50 ${formatMs(percentile(numbers, 0.5))} ms, p95 ${formatMs(percentile(numbers, 0.95))} ms, max ${formatMs(percentile(numbers, 1))} ms`,
  );

const server = await startServer();
try {
  const [score, stop] = await speakAll(["what's the score", 'stop talking'], ['rms']);
  if (!score || !stop) throw new Error('nothing was spoken');
  print(`${new Date().toISOString().slice(0, 10)}, ${availableParallelism()} cores, Node ${process.version}`);
  const watched = await watchedTalk(server, score.pcm, Number(values.askings));
  row('first sound beyond silence_timeout, vision at 5 fps', watched.latencies);
  print(
    `the score: ${watched.right} true, ${watched.unknown} honestly unknown, ${watched.wrong.length} wrong, ${watched.unheard} not understood, of ${watched.asked}`,
  );
  for (const wrong of watched.wrong) print(`  wrong: ${wrong}`);
  const { server: loop, idleThread } = watched.loop;
  print(`event loop p99 ${formatMs(loop.p99Ms)} ms (an idle thread beside it: ${formatMs(idleThread.p99Ms)} ms)`);
  row('talked over: stops after', await interruptions(server, stop.pcm, Number(values.interruptions)));
  const many = await crowd(server, score.pcm, Number(values.voices));
  row(`${values.voices} voices at once, first sound beyond silence_timeout`, many.latencies);
  print(
    `  ${many.unheard} of ${many.asked} not understood; event loop p99 ${formatMs(many.loop.server.p99Ms)} ms (idle thread ${formatMs(many.loop.idleThread.p99Ms)} ms)`,
  );
} finally {
  await server.close();
}
