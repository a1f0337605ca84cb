import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';

import { readOptions } from '../../apps/cli/src/arguments.js';
import { startServer } from '../../apps/cli/src/server-process.js';
import { formatMs } from '../../apps/cli/src/percentiles.js';
import { speakAll } from '../../apps/cli/src/voice/questions.js';
import { crowd } from './bench-talk/crowd.js';
import { interruptions } from './bench-talk/interruptions.js';
import { isMet, row, times, type Figure } from './bench-talk/limits.js';
import { watchedTalk } from './bench-talk/watched-talk.js';

const USAGE = `npm run bench:talk -- [options]

How fast JIGA answers a voice while it watches, whether what it says is true, how fast it stops when it is talked over, and how many
voices it hears at once. Through the front door: a server of its own, the published client.

  --only PART         watched, interruptions or crowd; default all
  --askings N         for the score, while the bundled clip plays (default 50)
  --interruptions N   default 20
  --voices N          at once (default 20)
  --json FILE         write the figures there as well
`;

const values = readOptions(USAGE, {
  only: { type: 'string' },
  askings: { type: 'string', default: '50' },
  voices: { type: 'string', default: '20' },
  interruptions: { type: 'string', default: '20' },
  json: { type: 'string' },
});

/** Said while JIGA speaks, by voices that are not its own. */
const INTERRUPTING = ['stop talking', 'where am i', 'need backup mid', 'be quiet', "what's the score", 'who killed me'];
const VOICES = ['slt', 'awb', 'kal16', 'slt'];

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const wants = (part: string): boolean => values.only === undefined || values.only === part;
const loopLimit = (what: string, found: number): Figure => ({
  what: `event loop while ${what}, p99`,
  found,
  unit: 'ms',
  limit: 20,
});

const machine = `${new Date().toISOString().slice(0, 10)}, ${availableParallelism()} cores, Node ${process.version}`;
const figures: Figure[] = [];
const details: Record<string, unknown> = {};
const note = (...more: readonly Figure[]): void => {
  figures.push(...more);
  for (const figure of more) print(row(figure));
};

const server = await startServer();
try {
  const [score] = await speakAll(["what's the score"], ['rms']);
  if (!score) throw new Error('nothing was spoken');
  print(machine);
  if (wants('watched')) {
    const watched = await watchedTalk(server, score.pcm, Number(values.askings));
    const { asked, right, unknown, unheard, wrong } = watched;
    note(
      ...times('first sound beyond silence_timeout, vision at 5 fps', watched.latencies, { p50: 350, p95: 700 }),
      {
        what: 'the score is true or honestly unknown',
        found: (100 * (right + unknown)) / asked,
        unit: '%',
        limit: 95,
        isLeast: true,
      },
      loopLimit('it watches and talks', watched.loop.server.p99Ms),
    );
    print(`  ${right} true, ${unknown} unknown, ${wrong.length} wrong, ${unheard} not understood, of ${asked}`);
    for (const one of wrong) print(`  wrong: ${one}`);
    details['watched'] = watched;
  }
  if (wants('interruptions')) {
    const phrases = (await speakAll(INTERRUPTING, VOICES)).map(({ pcm }) => pcm);
    const stopped = await interruptions(server, phrases, Number(values.interruptions));
    const found = stopped.filter((ms) => ms !== null);
    note(...times('talked over, from the first voiced sample to the stop', found, { p50: 150, p95: 150 }));
    print(`  ${stopped.length - found.length} of ${stopped.length} did not stop it`);
    details['interruptions'] = stopped;
  }
  if (wants('crowd')) {
    const many = await crowd(server, score.pcm, Number(values.voices));
    note(
      ...times(`${values.voices} voices at once, first sound beyond silence_timeout`, many.latencies, { p95: 1000 }),
      loopLimit(`it hears ${values.voices}`, many.loop.server.p99Ms),
    );
    print(
      `  ${many.unheard} of ${many.asked} not answered; an idle thread p99 ${formatMs(many.loop.idleThread.p99Ms)} ms`,
    );
    details['crowd'] = many;
  }
} finally {
  await server.close();
}
print(`${figures.filter(isMet).length} of ${figures.length} bounds met`);
if (values.json !== undefined) {
  await writeFile(values.json, `${JSON.stringify({ machine, figures, details }, null, 2)}\n`);
}
