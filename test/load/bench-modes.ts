import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { readOptions } from '../../apps/cli/src/arguments.js';
import { openClip } from '../../apps/cli/src/clip-source.js';
import { percentile } from '../../apps/cli/src/percentiles.js';
import { playClip } from '../../apps/cli/src/play-clip.js';
import { startServer } from '../../apps/cli/src/server-process.js';
import { HIGH_SPEED_PRESETS } from '@jiga/contracts';
import { expectationsOf } from './bench-accuracy/expectations.js';
import { headline } from './bench-accuracy/report.js';
import { scoreClip } from './bench-accuracy/score-clip.js';
import { readTruth } from './bench-accuracy/truth.js';
import { cpuBetween, cpuTimeOf } from './bench-stream/cpu-time.js';

const USAGE = `npm run bench:modes

The high-speed modes side by side: the bundled clip at the rate and the JPEG quality that each asks for, through the public socket. The
figures also go to bench-results/.
`;

const CLIP = join(process.cwd(), 'samples/openarena/oa_ctf_sample');
const SIZE = { width: 480, height: 270 };
const RESULTS = 'bench-results';

readOptions(USAGE, {});
const truth = await readTruth(`${CLIP}.json`);
const durationSeconds = truth.frames / truth.fps;
const server = await startServer();
const rows: Record<string, unknown>[] = [];
try {
  for (const [mode, preset] of Object.entries(HIGH_SPEED_PRESETS)) {
    const { target_fps: fps, jpeg_quality: quality } = preset;
    const source = await openClip({ file: `${CLIP}.mp4`, fps, size: SIZE, quality });
    let bytes = 0;
    for await (const { jpeg } of source.frames()) bytes += jpeg.length;
    const settings = { high_speed_mode: mode };
    const before = cpuTimeOf(server.pid);
    const { baseUrl, apiKey } = server;
    const played = await playClip({ baseUrl, apiKey, source, game: 'auto', speed: 1, settings });
    const cpu = cpuBetween(before, cpuTimeOf(server.pid));
    const score = scoreClip({ clip: mode, fps: truth.fps, durationSeconds, ...played }, expectationsOf(truth));
    const results = played.records.flatMap(({ outcome }) => (outcome.status === 'result' ? [outcome.result] : []));
    const heavy = results.filter(({ metadata }) => metadata.stages_ms['heavy'] !== undefined).length;
    const perSecond = (count: number): number => Math.round((count / durationSeconds) * 10) / 10;
    rows.push({
      mode,
      frames_per_second: perSecond(results.length),
      heavy_per_second: perSecond(heavy),
      kilobytes_per_second: perSecond(bytes / 1000),
      cpu_ms_per_second: cpu && perSecond(cpu.allMs),
      p50_ms: Math.round(percentile(score.latenciesMs, 0.5) ?? 0),
      p95_ms: Math.round(percentile(score.latenciesMs, 0.95) ?? 0),
      dropped: played.records.length - results.length,
    });
    console.log(`${mode.padEnd(16)} ${headline(score)}`);
  }
} finally {
  await server.close();
}
console.table(rows);
await mkdir(RESULTS, { recursive: true });
await writeFile(`${RESULTS}/modes.json`, `${JSON.stringify(rows, null, 2)}\n`);
