// Runs the tests that need a real PostgreSQL (DATABASE_URL) or NATS (NATS_URL). They live in test/services, apart from
// `npm test`, which needs nothing but Node. Arguments go on to Jest.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'test', 'services');
const hasTests =
  existsSync(folder) &&
  readdirSync(folder, { recursive: true }).some((name) => /\.(e2e-)?spec\.ts$/.test(String(name)));
const services = ['DATABASE_URL', 'NATS_URL'].filter((name) => process.env[name]);

if (!hasTests) {
  console.log('Services: nothing to run, no test in test/services needs one.');
} else if (services.length === 0) {
  console.log('Services: nothing to run, neither DATABASE_URL nor NATS_URL is set.');
} else {
  console.log(`Services: testing with ${services.join(' and ')}.`);
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const where = ['--roots', folder, '--testPathIgnorePatterns', '/node_modules/', '/dist/', '--runInBand'];
  const run = spawnSync(process.execPath, [...flags, jest, ...where, ...process.argv.slice(2)], {
    cwd: root,
    stdio: 'inherit',
  });
  process.exitCode = run.status ?? 1;
}
