import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { positiveNumber, readOptions } from '../../apps/cli/src/arguments.js';
import { GlanceReader, ImageDecoder } from '@jiga/media';
import { LocalPictures, VisionEngine, createVisionEngine } from '@jiga/vision';
import { SystemClock } from '@jiga/platform';
import type { AnalysisSession, VisionResult } from '@jiga/contracts';
import sharp from 'sharp';

const USAGE = `npm run bench:vision -- [options]

Processor time of the stages on a still of real gameplay: the cheap stage on this thread, the heavy stage in its worker.

  --rounds N   of each stage but the heavy one (default 300)
`;

const STILL = join(process.cwd(), 'test/fixtures/openarena/still_oa_ctf_f0300_1280x720.jpg');
const SIZES = [
  { width: 480, height: 270, quality: 40 },
  { width: 1280, height: 720, quality: 80 },
] as const;
/** Sessions of the heavy stage: each reads the picture once, as if it had never seen it. */
const HEAVY_ROUNDS = 8;

interface Row {
  readonly stage: string;
  readonly size: string;
  readonly cpuMs: number;
  readonly wallMs: number;
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** Medians of the CPU time of the whole process and of the wall time of one call, in milliseconds. */
async function measure(
  rounds: number,
  task: (round: number) => Promise<unknown>,
): Promise<{ cpuMs: number; wallMs: number }> {
  const cpu: number[] = [];
  const wall: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage();
    const startedAt = performance.now();
    await task(round);
    const { user, system } = process.cpuUsage(before);
    wall.push(performance.now() - startedAt);
    cpu.push((user + system) / 1000);
  }
  return { cpuMs: median(cpu), wallMs: median(wall) };
}

/** Knows the game from the first frame and reads nothing: what is left is the cheap stage with its watch on the HUD. */
function engineWithoutHeavyStage(): VisionEngine {
  const stagesMs = { decode: 0, read: 0 };
  const reuse = { hud: { hits: 0, misses: 0 }, text: { hits: 0, misses: 0 } };
  const readings = { profileId: 'openarena', profileConfidence: 1, sceneCut: false, regions: [], unchanged: [] };
  return new VisionEngine({
    clock: new SystemClock(),
    pictures: new LocalPictures(),
    publish: () => undefined,
    textBudgetMs: 0,
    recognition: {
      analyse: ({ timestamp }) =>
        Promise.resolve({ readings: { ...readings, timestamp }, detections: [], deferred: [], reuse, stagesMs }),
      problem: null,
      waitMs: () => 0,
      prepare: () => undefined,
      forget: () => undefined,
      close: () => Promise.resolve(),
    },
  });
}

function openSession(engine: VisionEngine, name: string, skills: readonly string[] | null): AnalysisSession {
  const cache = { enabled: false, similarity: 1, ttlMs: 0 };
  return engine.open({ sessionId: name, game: 'auto', mode: 'normal', analysisIntervalMs: 3_600_000, skills, cache });
}

async function benchSize({ width, height, quality }: (typeof SIZES)[number], rounds: number): Promise<Row[]> {
  const size = `${width}x${height}`;
  const bytes = await sharp(readFileSync(STILL)).resize(width, height).jpeg({ quality }).toBuffer();
  const engine = createVisionEngine({ clock: new SystemClock(), publish: () => undefined });
  const analyse = (session: AnalysisSession, round: number): Promise<VisionResult> =>
    session.analyze(
      { id: `frm_${round}`, bytes, width, height, timestamp: round / 5, source: 'direct_screen', channel: null },
      0,
    );
  const decoder = new ImageDecoder();
  const decode = await measure(rounds, () => decoder.decodeLuma(bytes));
  const reader = new GlanceReader();
  const glance = await measure(rounds, async () => reader.read(bytes));
  const bareSession = openSession(engineWithoutHeavyStage(), 'bare', []);
  const bare = await measure(rounds, (round) => analyse(bareSession, round));
  const cheapSession = openSession(engineWithoutHeavyStage(), 'cheap', null);
  await analyse(cheapSession, 0);
  const cheap = await measure(rounds, (round) => analyse(cheapSession, round));
  await analyse(openSession(engine, 'first', null), 0);
  const heavy = await measure(HEAVY_ROUNDS, (round) => analyse(openSession(engine, `heavy ${round}`, null), round));
  await engine.close();
  return [
    { stage: 'decode to brightness', size, ...decode },
    { stage: 'glance', size, ...glance },
    { stage: 'cheap frame, no skill', size, ...bare },
    { stage: 'whole cheap frame', size, ...cheap },
    { stage: 'first heavy frame', size, ...heavy },
  ];
}

const rounds = positiveNumber('--rounds', readOptions(USAGE, { rounds: { type: 'string', default: '300' } }).rounds);
const rows: Row[] = [];
for (const size of SIZES) rows.push(...(await benchSize(size, rounds)));
console.log('stage                  size        CPU ms (median)   wall ms (median)');
for (const { stage, size, cpuMs, wallMs } of rows) {
  console.log(
    `${stage.padEnd(22)} ${size.padEnd(10)} ${cpuMs.toFixed(2).padStart(16)} ${wallMs.toFixed(2).padStart(18)}`,
  );
}
