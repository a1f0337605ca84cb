// Runs the tests that need a real PostgreSQL (DATABASE_URL). They live in test/services, apart from
// `npm test`, which needs nothing but Node. Arguments go on to Jest. Without DATABASE_URL, a PostgreSQL that answers on
// this machine is used; each test makes databases of its own on it and drops them.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Client } from 'pg';

const LOCAL = 'postgres://postgres@127.0.0.1:5432/test';
const root = fileURLToPath(new URL('..', import.meta.url));

/** null when PostgreSQL answers at this URL, else why not. */
async function problemOf(url) {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 3000 });
  try {
    await client.connect();
    return null;
  } catch (error) {
    return error.errors?.[0]?.message ?? error.message;
  } finally {
    await client.end().catch(() => {});
  }
}

const given = process.env.DATABASE_URL;
const url = given || LOCAL;
const { host, pathname } = new URL(url);
const problem = await problemOf(url);

if (problem === null) {
  console.log(`Services: testing with PostgreSQL at ${host}${pathname}.`);
  const build = spawnSync(process.execPath, [join(root, 'scripts', 'build.mjs')], { cwd: root, stdio: 'inherit' });
  if (build.status !== 0) process.exit(build.status ?? 1);
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const folder = join(root, 'test', 'services');
  const where = ['--roots', folder, '--testPathIgnorePatterns', '/node_modules/', '/dist/', '--runInBand'];
  const run = spawnSync(process.execPath, [...flags, jest, ...where, ...process.argv.slice(2)], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, DATABASE_URL: url },
  });
  process.exitCode = run.status ?? 1;
} else if (given) {
  console.error(`Services: DATABASE_URL is set, but PostgreSQL at ${host}${pathname} does not answer: ${problem}`);
  process.exitCode = 1;
} else {
  console.log(`Services: NOT TESTED. DATABASE_URL is not set and nothing answers at ${host}: ${problem}`);
}
