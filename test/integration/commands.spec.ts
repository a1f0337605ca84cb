import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from '@jest/globals';

const fileOf = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const { scripts } = JSON.parse(readFileSync(fileOf('package.json'), 'utf8')) as { scripts: Record<string, string> };
const COMMANDS = Object.entries(scripts).flatMap(([name, line]) => {
  const built = /^(bench:|demo|fuzz)/.test(name) ? /dist\/(\S+)\.js/.exec(line)?.[1] : undefined;
  return built === undefined ? [] : [[name, built] as const];
});

describe('the demos, benches and the fuzzer', () => {
  it.each(COMMANDS)('npm run %s tells what it does before it does anything', (name, built) => {
    const source = readFileSync(fileOf(`${built}.ts`), 'utf8');
    expect(source).toMatch(new RegExp(`USAGE = \`npm run ${name}\\b.*\\n\\n[A-Z]`));
    expect(source).toMatch(/\breadOptions\(USAGE, \{/);
    expect(source).not.toMatch(/process\.argv|parseArgs/);
  });

  it.each([
    ['--help', 0, 'stdout', /^npm run demo -- \[options\]\n/],
    ['-h', 0, 'stdout', /--clip FILE/],
    ['--nonsense', 2, 'stderr', /^Unknown option '--nonsense'/],
    ['--fps', 2, 'stderr', /argument missing[\s\S]*npm run demo/],
    ['word', 2, 'stderr', /^Unexpected argument 'word'/],
  ] as const)('answer %s with exit code %i', (word, status, stream, text) => {
    const run = spawnSync(process.execPath, [fileOf('dist/apps/cli/src/demo.js'), word], { encoding: 'utf8' });
    expect([run.status, run[stream]]).toEqual([status, expect.stringMatching(text)]);
  });
});
