// Makes the client a package of its own: dist/client/ and a tarball beside it, for `npm install ./jiga-client-….tgz`.
// Its code is what the build made of libs/client, which imports nothing but types; these go into one file of declarations.
import { spawnSync } from 'node:child_process';
import { copyFileSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = join(root, 'dist', 'client');
const { version, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** Runs a program from the root; what fails ends this one. */
function run(command, args, cwd = root) {
  const { status, error } = spawnSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

run(process.execPath, [join(root, 'scripts', 'build.mjs')]);
rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });

for (const file of globSync(join(root, 'dist/libs/client/src/*.js'))) {
  // The sources that the maps point to stay here.
  writeFileSync(join(target, basename(file)), readFileSync(file, 'utf8').replace(/\n\/\/# sourceMappingURL=.*$/, '\n'));
}
copyFileSync(join(root, 'libs/client/README.md'), join(target, 'README.md'));
copyFileSync(join(root, 'LICENSE'), join(target, 'LICENSE'));
const bundler = join(root, 'node_modules/dts-bundle-generator/dist/bin/dts-bundle-generator.js');
const options = ['--silent', '--no-check', '--no-banner', '--project', 'tsconfig.json'];
run(process.execPath, [bundler, ...options, '-o', join(target, 'index.d.ts'), 'libs/client/src/index.ts']);
const description = {
  name: '@jiga/client',
  version,
  description: 'The typed client of a JIGA server: sessions, frames, voice and events.',
  license,
  type: 'module',
  exports: { '.': { types: './index.d.ts', default: './index.js' } },
  sideEffects: false,
  engines: { node: '>=20.19' },
};
writeFileSync(join(target, 'package.json'), `${JSON.stringify(description, null, 2)}\n`);
run('npm', ['pack', '--silent', '--pack-destination', join(root, 'dist')], target);
console.log(`npm install ./${join('dist', `jiga-client-${version}.tgz`)}`);
