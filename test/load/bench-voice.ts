import { writeFile } from 'node:fs/promises';

import { readOptions } from '../../apps/cli/src/arguments.js';
import { createAudioEngines } from '@jiga/audio';
import { locateFfmpeg } from '@jiga/media';
import { ffmpegSearch, SystemClock } from '@jiga/platform';

import { AccuracyBench } from './bench-voice/accuracy.js';
import { AcousticFit, SHIPPED_MODEL } from './bench-voice/acoustics/acoustic-fit.js';
import { benchDetection } from './bench-voice/detection.js';
import { benchEcho } from './bench-voice/echo.js';
import { JudgementFit } from './bench-voice/fit.js';
import { VOICES } from './bench-voice/material.js';
import { benchCost, benchStreams } from './bench-voice/streams.js';

const USAGE = `npm run bench:voice -- [options]

How well the engines of sound hear: commands, where speech is, what is left of an echo, and how many streams one machine takes.

  --only PART     accuracy, detection, echo or streams; default all of them. judgement: fits the model that judges
                  recognitions to sounds that the others do not use, and prints it
                  acoustics, with --base: adapts the English model to a game's noise, and writes it into its folder
  --phrases N     commands that these are fitted to, in four or five conditions each (default 60 and 500)
  --base FOLDER   the model that is adapted: CMU's en-us-ptm 5.2 with the files that SoundSwallower reads
  --voices LIST   of the synthetic speech (default ${VOICES.join(',')})
  --minutes N     of echo (default 10)
  --streams N     at once (default 20)
  --seconds N     that the streams last (default 30)
  --json FILE     write the figures there as well
`;

const values = readOptions(USAGE, {
  only: { type: 'string' },
  voices: { type: 'string', default: VOICES.join(',') },
  phrases: { type: 'string' },
  base: { type: 'string' },
  minutes: { type: 'string', default: '10' },
  streams: { type: 'string', default: '20' },
  seconds: { type: 'string', default: '30' },
  json: { type: 'string' },
});

const ffmpeg = await locateFfmpeg(ffmpegSearch());
const ffmpegPath = ffmpeg.found ? ffmpeg.path : null;
const engines = createAudioEngines({ clock: new SystemClock(), ffmpegPath, asrModelDir: null, ttsModelDir: null });
const figures: Record<string, unknown> = {};
const percent = (part: number, of: number): string => `${((100 * part) / Math.max(1, of)).toFixed(1)} %`.padStart(8);
const wants = (part: string): boolean => values.only === undefined || values.only === part;

async function accuracy(): Promise<void> {
  const rows = [];
  console.log('\nwhat'.padEnd(47), 'sounds    right    wrong');
  for await (const row of new AccuracyBench(engines, values.voices.split(',')).rows()) {
    rows.push(row);
    const { what, sounds, right, wrong } = row;
    console.log(what.padEnd(46), String(sounds).padStart(6), percent(right, sounds), percent(wrong, sounds));
  }
  figures['accuracy'] = rows;
}

async function judgement(): Promise<void> {
  const fit = await JudgementFit.load(engines);
  const { names, model, held } = await fit.run(Number(values.phrases ?? 60));
  console.log(`\nintercept ${model.intercept.toFixed(3)}`);
  for (const [at, name] of names.entries()) console.log(name.padEnd(12), model.slopes[at]?.toFixed(3).padStart(9));
  for (const { what, of, passed } of held)
    console.log(`${what}, voice left out:`.padEnd(46), String(of).padStart(6), percent(passed, of));
  figures['judgement'] = { names, model, held };
}

async function acoustics(base: string): Promise<void> {
  const frames = await (await AcousticFit.load(engines, base)).run(Number(values.phrases ?? 500), SHIPPED_MODEL);
  console.log(`adapted to ${(frames / 6000).toFixed(0)} minutes of sound, written into ${SHIPPED_MODEL}`);
}

async function detection(): Promise<void> {
  const rows = await benchDetection(engines);
  console.log('\nvoice detection'.padEnd(47), 'precision  recall    F1');
  for (const { what, precision, recall, f1 } of rows) {
    console.log(what.padEnd(46), ...[precision, recall, f1].map((value) => value.toFixed(3).padStart(8)));
  }
  figures['detection'] = rows;
}

async function echo(): Promise<void> {
  const result = await benchEcho(engines, Number(values.minutes));
  const { minutes, canceller, turns, turnsWithout, pauses } = result;
  console.log(`\necho: ${minutes.toFixed(1)} minutes of the server's own voice at -6 dB after 60 ms, ${canceller}`);
  console.log(
    `turns it started: ${turns}, pauses in vain: ${pauses}; without cancellation, the first ${turnsWithout} sentences did`,
  );
  figures['echo'] = result;
}

async function streams(): Promise<void> {
  const cost = await benchCost(engines);
  console.log('\nprocessor time per second of a stream');
  for (const { what, cpuMsPerSecond } of cost)
    console.log(what.padEnd(46), `${cpuMsPerSecond.toFixed(1)} ms`.padStart(10));
  const result = await benchStreams(engines, Number(values.streams), Number(values.seconds));
  console.log(`\n${result.streams} streams at once for ${result.seconds} s (${result.modes})`);
  console.log(`processor time per stream and second ${result.cpuMsPerStreamSecond.toFixed(1)} ms`);
  console.log(`windows after ${result.p50Ms.toFixed(1)} ms (p50), ${result.p95Ms.toFixed(1)} ms (p95)`);
  console.log(`delay of the event loop p99 ${result.loopP99Ms.toFixed(1)} ms`);
  figures['streams'] = { cost, result };
}

try {
  if (wants('accuracy')) await accuracy();
  if (wants('detection')) await detection();
  if (values.only === 'judgement') await judgement();
  if (values.base !== undefined) await acoustics(values.base);
  if (wants('echo')) await echo();
  if (wants('streams')) await streams();
} finally {
  await engines.close();
}
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(figures, null, 2)}\n`);
