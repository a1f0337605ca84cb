import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { positiveNumber, readOptions } from '../../apps/cli/src/arguments.js';
import type { LoopDelay } from '../../apps/cli/src/loop-delay.js';
import { KINDS, frameMessages, type FrameKind, type FrameMessages } from './bench-stream/frames.js';
import { machineScaling } from './bench-stream/machine-scaling.js';
import { runLoad, type LoadResult } from './bench-stream/load.js';
import { startBare, startJiga, startPeer, type Target } from './bench-stream/targets.js';

const USAGE = `npm run bench:stream -- [options]

Throughput and latency of the cheap stage through the public socket, beside the limit that a bare ws server sets and, if one is named, a
peer. The server runs on one core of its own where taskset is there, the load on another. What two cores give is told beside what this
machine's second core gives to two programs that have nothing to do with each other.

  --peer FILE     a server to compare with
  --seconds N     of each row (default 5)
  --quick         the first size alone, without the latency at parts of the highest rate
  --only LIST     a part of the rows, as words out of: a size, text, binary, one (core), all (cores); as in 480x270,binary,one
  --profile DIR   leave a CPU profile of the server there, for scripts/flame-graph.mjs
`;

const RESULTS = 'bench-results';
/** One frame under way on each: a session looks at the newest of those that arrive together, the others are dropped. */
const CONNECTIONS = 8;
/** More connections where frames come by the clock: two that fall together on one session would supersede each other. */
const PACED_CONNECTIONS = 16;
/** Parts of the maximum rate at which latency is measured. */
const LOADS = [0.25, 0.5, 0.75] as const;

interface Row extends LoadResult {
  readonly server: string;
  readonly cores: string;
  readonly size: string;
  readonly form: 'text' | 'binary';
  readonly load: string;
  readonly loopDelay: LoopDelay | null;
}

const values = readOptions(USAGE, {
  peer: { type: 'string' },
  seconds: { type: 'string', default: '5' },
  quick: { type: 'boolean' },
  only: { type: 'string', default: '' },
  profile: { type: 'string' },
});
const seconds = positiveNumber('--seconds', values.seconds);
const only = values.only.split(',').filter((word) => word !== '');
/** Whether rows with one of these words are wanted, where any of their kind is named. */
const wants = (word: string, kind: readonly string[]): boolean =>
  only.includes(word) || !only.some((named) => kind.includes(named));
const SIZES = KINDS.map(sizeOf);
const FORMS = ['text', 'binary'] as const;
const CORES = ['one', 'all'] as const;
const cores = availableParallelism();
const canPin = cores > 1 && spawnSync('taskset', ['-c', '0', 'true']).status === 0;
const profiled = values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`];
const one = canPin ? '0' : null;
/** This process is pinned, and what it starts would be with it. */
const every = canPin ? `0-${cores - 1}` : null;
const rows: Row[] = [];

async function measure(target: Target, cores: string, kind: FrameKind, messages: FrameMessages): Promise<void> {
  const size = sizeOf(kind);
  for (const form of FORMS) {
    if (!wants(form, FORMS) || (form === 'binary' && target.name === 'peer')) continue;
    const fixed = { messages: messages[form], seconds };
    const run = async (load: string, rate: number | null): Promise<LoadResult> => {
      const connections = rate === null ? CONNECTIONS : PACED_CONNECTIONS;
      target.resetLoopDelay();
      const result = await runLoad(target, { ...fixed, connections, rate });
      const row = { server: target.name, cores, size, form, load, ...result, loopDelay: await target.loopDelay() };
      rows.push(row);
      print(row);
      return result;
    };
    const { framesPerSecond } = await run('maximum', null);
    if (target.name !== 'JIGA' || cores !== '1' || values.quick) continue;
    for (const part of LOADS) await run(`${part * 100} %`, framesPerSecond * part);
  }
}

function sizeOf({ width, height }: FrameKind): string {
  return `${width}x${height}`;
}

function print(row: Row): void {
  const ms = (value: number | null): string => (value === null ? '–' : value.toFixed(2)).padStart(7);
  console.log(
    [
      row.server.padEnd(8),
      row.cores.padStart(5),
      row.size.padEnd(9),
      row.form.padEnd(6),
      row.load.padEnd(8),
      String(row.framesPerSecond).padStart(9),
      (row.cpuMsPerFrame?.toFixed(4) ?? '–').padStart(9),
      (row.mainCpuMsPerFrame?.toFixed(4) ?? '–').padStart(11),
      ms(row.p50Ms),
      ms(row.p95Ms),
      ms(row.p99Ms),
      ms(row.serverP50Ms).padStart(10),
      ms(row.serverP99Ms),
      ms(row.loopDelay?.p99Ms ?? null).padStart(9),
      String(row.notAnalysed).padStart(6),
      String(row.loadHeldUp).padStart(7),
      ms(row.otherCores).padStart(12),
    ].join(' '),
  );
}

/** Runs one server after the other, so that none takes the machine from another. */
async function withTarget(start: () => Promise<Target>, use: (target: Target) => Promise<void>): Promise<void> {
  const target = await start();
  try {
    await use(target);
  } finally {
    await target.close();
  }
}

function printRatios(): void {
  const top = (server: string, cores: string, size: string, form: string): Row | undefined =>
    rows.find((row) => row.server === server && row.cores === cores && row.size === size && row.form === form);
  for (const size of SIZES) {
    const ours = top('JIGA', '1', size, 'text');
    for (const other of ['bare ws', 'peer']) {
      const theirs = top(other, '1', size, 'text');
      if (!ours || !theirs) continue;
      const rate = (ours.framesPerSecond / theirs.framesPerSecond).toFixed(2);
      const cpu = ((theirs.cpuMsPerFrame ?? 0) / (ours.cpuMsPerFrame ?? 1)).toFixed(2);
      console.log(
        `${size} text, JIGA against ${other}: ${rate} × the frames a second, ${cpu} × the frames per CPU time`,
      );
    }
    const two = top('JIGA', 'all', size, 'text');
    if (ours && two) printScaling(size, ours, two);
  }
}

/** With few cores the load needs one as well, so that what a second one would give is told from CPU times too. */
function printScaling(size: string, one: Row, all: Row): void {
  const seen = (all.framesPerSecond / one.framesPerSecond).toFixed(2);
  const [total, main] = [all.cpuMsPerFrame ?? 0, all.mainCpuMsPerFrame ?? 0];
  const possible = (Math.min(1 / main, 2 / total) / (1 / (one.cpuMsPerFrame ?? 1))).toFixed(2);
  console.log(
    `${size} text, ${cores} cores with the load on them too against one: ${seen} × the frames a second; two cores for the server alone, by CPU time: ${possible} ×`,
  );
}

const scaling = canPin && wants('all', CORES) ? await machineScaling() : null;
if (scaling)
  console.log(`two programs that only decode pictures, one on each core: ${scaling.toFixed(2)} × what one does`);
if (canPin) spawnSync('taskset', ['-a', '-p', '-c', '1', String(process.pid)]);
console.log(
  'server   cores size      form   load     frames/s CPU ms/fr main thread    p50     p95     p99 server p50     p99  loop p99  other held up other cores',
);
const kinds = (values.quick ? KINDS.slice(0, 1) : KINDS).filter((kind) => wants(sizeOf(kind), SIZES));
for (const kind of kinds) {
  const messages = await frameMessages(kind);
  console.log(`frames of ${kind.width}x${kind.height}: ${messages.meanBytes} bytes on average`);
  if (only.length === 0)
    await withTarget(
      () => startBare(one),
      (target) => measure(target, '1', kind, messages),
    );
  const { peer } = values;
  if (peer !== undefined)
    await withTarget(
      () => startPeer(peer, one),
      (target) => measure(target, '1', kind, messages),
    );
  if (wants('one', CORES))
    await withTarget(
      () => startJiga(one, profiled),
      (target) => measure(target, '1', kind, messages),
    );
  if (canPin && wants('all', CORES))
    await withTarget(
      () => startJiga(every),
      (target) => measure(target, 'all', kind, messages),
    );
}
printRatios();
const machine = {
  cpu: cpus()[0]?.model ?? 'unknown',
  cores,
  node: process.version,
  pinned: canPin,
};
await mkdir(RESULTS, { recursive: true });
const report = { at: new Date().toISOString(), machine, scaling, rows };
await writeFile(`${RESULTS}/stream.json`, `${JSON.stringify(report, null, 2)}\n`);
