// What ingesting streams costs. `npm run bench:ingest`: processor time of decoding. `npm run bench:ingest -- --minutes 10
// [--streams N]`: memory of a server with N streams, and its slope. From the root of the repository.
import { parseArgs } from 'node:util';

import { positiveNumber } from '../../apps/cli/src/arguments.js';
import { benchCpu } from './bench-ingest/cpu.js';
import { benchMemory } from './bench-ingest/memory.js';

const { values } = parseArgs({
  options: { minutes: { type: 'string' }, streams: { type: 'string', default: '4' } },
});
const streams = positiveNumber('--streams', values.streams);
const isGood =
  values.minutes === undefined
    ? await benchCpu()
    : await benchMemory({ minutes: positiveNumber('--minutes', values.minutes), streams });
process.exitCode = isGood ? 0 : 1;
