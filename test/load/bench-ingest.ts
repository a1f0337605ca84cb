import { positiveNumber, readOptions } from '../../apps/cli/src/arguments.js';
import { benchCpu } from './bench-ingest/cpu.js';
import { benchMemory } from './bench-ingest/memory.js';

const USAGE = `npm run bench:ingest -- [options]

What fetching streams costs: the processor time of decoding or, with --minutes, the memory of a server with streams, and its slope.

  --minutes N   measure memory for so long
  --streams N   of that server (default 4)
`;

const values = readOptions(USAGE, { minutes: { type: 'string' }, streams: { type: 'string', default: '4' } });
const streams = positiveNumber('--streams', values.streams);
const isGood =
  values.minutes === undefined
    ? await benchCpu()
    : await benchMemory({ minutes: positiveNumber('--minutes', values.minutes), streams });
process.exitCode = isGood ? 0 : 1;
