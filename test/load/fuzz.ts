import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { positiveNumber, readOptions } from '../../apps/cli/src/arguments.js';
import { createServer } from '../../apps/server/src/create-server.js';
import { FUZZED_SERVER } from './fuzz/environment.js';
import { describeFault, describeRun } from './fuzz/report.js';
import { runFuzz } from './fuzz/run-fuzz.js';

const USAGE = `npm run fuzz -- [options]

Sends hostile requests, made from the API document, to a server of its own and holds the answers against the document. Ends with 1 when
anything is wrong.

  --requests N   default 10000
  --seed N       as an earlier run printed it, to make the same requests again (default: any)
`;

const PICTURE = 'test/fixtures/openarena/still_oa_ctf_f0640_480x270.jpg';
const KEY = 'fuzz-admin-key-0123456789';
const TIME_LIMIT_MS = 10 * 60_000;

const values = readOptions(USAGE, { requests: { type: 'string', default: '10000' }, seed: { type: 'string' } });
const requests = positiveNumber('--requests', values.requests);
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : positiveNumber('--seed', values.seed);
const dataDir = await mkdtemp(join(tmpdir(), 'jiga-fuzz-'));
const server = await createServer({
  environment: { ...FUZZED_SERVER, JIGA_DATA_DIR: dataDir, JIGA_ADMIN_KEY: KEY },
});
try {
  const origin = await server.listen();
  const picture = await readFile(PICTURE);
  const startedAt = performance.now();
  const run = { origin, key: KEY, picture, seed, requests, concurrency: 8, timeLimitMs: TIME_LIMIT_MS };
  const report = await runFuzz(run);
  console.log(describeRun(report, seed, performance.now() - startedAt));
  for (const fault of report.faults) console.log(describeFault(fault));
  const isReady = (await fetch(`${origin}/health/ready`)).ok;
  if (!isReady) console.log('The server is not ready afterwards.');
  if (!isReady || report.faults.length > 0 || report.made < requests) process.exitCode = 1;
} finally {
  await server.close();
  await rm(dataDir, { recursive: true, force: true });
}
