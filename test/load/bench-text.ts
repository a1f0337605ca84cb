import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readOptions } from '../../apps/cli/src/arguments.js';
import { percentile } from '../../apps/cli/src/percentiles.js';
import { startServer, type ServerProcess } from '../../apps/cli/src/server-process.js';
import { call, closeSession, createSession } from './bench-flow/api.js';
import { rounded, save } from './bench-flow/machine.js';
import { fold, isFound, screensOf, type Screen } from './bench-text/screens.js';

const USAGE = `npm run bench:text -- --screens DIR

How much of what is written on pictures of games without a profile is found: each is sent over HTTP to a session of its own, and its one
answer is compared with what people read on it. DIR has the pictures and a truth.json: see docs/benchmarks.md.

  --screens DIR   the folder (needed)
`;

interface Answer {
  readonly detections: readonly { readonly text: string | null }[];
  readonly metadata: { readonly processing_ms: number };
}

interface Read {
  readonly screen: Screen;
  readonly lines: readonly string[];
  readonly tookMs: number;
}

const { screens: folder } = readOptions(USAGE, { screens: { type: 'string' } });
if (folder === undefined) {
  process.stderr.write(USAGE);
  process.exit(2);
}

async function read(server: ServerProcess, screen: Screen, bytes: Buffer): Promise<Read> {
  const session = await createSession(server, {});
  const body = { frame_data: bytes.toString('base64') };
  const answer = await call<Answer>(server, 'POST', `/sessions/${session.session_id}/frames`, body);
  await closeSession(server, session);
  const lines = answer.detections.flatMap(({ text }) => (text === null ? [] : [fold(text)]));
  return { screen, lines, tookMs: answer.metadata.processing_ms };
}

/** Found words of all words, for each value of `nameOf`. */
function tally(reads: readonly Read[], nameOf: (read: Read, kind: string) => string): object[] {
  const counts = new Map<string, { all: number; found: number }>();
  for (const one of reads) {
    for (const word of one.screen.words) {
      const name = nameOf(one, word.kind);
      const { all, found } = counts.get(name) ?? { all: 0, found: 0 };
      counts.set(name, { all: all + 1, found: found + (isFound(word, one.lines) ? 1 : 0) });
    }
  }
  return [...counts].map(([name, { all, found }]) => ({ name, all, found, share: rounded(found / all, 2) }));
}

const server = await startServer({
  environment: { JIGA_SESSIONS_PER_CREDENTIAL_MAX: '1000', JIGA_SESSIONS_MAX: '1000' },
});
try {
  const screens = await screensOf(folder);
  const load = (screen: Screen): Promise<Buffer> => readFile(join(folder, screen.file));
  const [first] = screens;
  // Models are loaded with the first picture.
  if (first) await read(server, first, await load(first));
  const reads: Read[] = [];
  for (const screen of screens) reads.push(await read(server, screen, await load(screen)));
  const times = reads.map(({ tookMs }) => tookMs);
  const [all] = tally(reads, () => 'all');
  const [games, kinds] = [tally(reads, ({ screen }) => screen.game), tally(reads, (_, kind) => kind)];
  const timesMs = { p50: rounded(percentile(times, 0.5)), p95: rounded(percentile(times, 0.95)) };
  console.table(games);
  console.table(kinds);
  console.table([{ pictures: reads.length, ...all, ...timesMs }]);
  await save('text', { pictures: reads.length, all, games, kinds, timesMs });
} finally {
  await server.close();
}
