// Builds dist/ when a source is newer than the last build; `--force` builds always.
// It stands before `start`, `test`, `demo` and the benches, so that a fresh clone needs no separate build step.
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = join(root, 'dist', '.built');

/** Newest modification time (ms) of the files below `path` that the build reads. */
function newest(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  return readdirSync(path).reduce((latest, name) => Math.max(latest, newest(join(path, name))), stat.mtimeMs);
}

const inputs = [
  'apps',
  'libs',
  'test/load',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'nest-cli.json',
];
const built = statSync(stamp, { throwIfNoEntry: false })?.mtimeMs ?? 0;
if (process.argv.includes('--force') || inputs.some((input) => newest(join(root, input)) > built)) {
  const startedAt = Date.now();
  // The stamp goes first: a build that fails half-way must not look finished.
  rmSync(stamp, { force: true });
  const nest = join(root, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
  const { status } = spawnSync(process.execPath, [nest, 'build', 'server'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
  writeFileSync(stamp, '');
  // A source saved while the compiler ran is newer than this build.
  utimesSync(stamp, startedAt / 1000, startedAt / 1000);
  console.error(`built in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
}
