import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { tempDir } from '@jiga/testing';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);
let consumer: Awaited<ReturnType<typeof tempDir>>;
let installed: string;

/** The tarball as `npm install` unpacks it, in a folder that has nothing else. */
beforeAll(async () => {
  const { stdout } = await run(process.execPath, ['scripts/client-package.mjs'], { cwd: root });
  const tarball = /dist\/\S+\.tgz/.exec(stdout)?.[0] ?? '';
  consumer = await tempDir();
  installed = join(consumer.path, 'node_modules/@jiga/client');
  await mkdir(installed, { recursive: true });
  await run('tar', ['-xzf', join(root, tarball), '--strip-components=1', '-C', installed]);
}, 60_000);
afterAll(() => consumer.remove());

describe('the package of the client', () => {
  it('holds code, one file of declarations that imports nothing, licence and README', async () => {
    const files = await readdir(installed);
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'index.d.ts', 'index.js', 'package.json']));
    const declarations = await readFile(join(installed, 'index.d.ts'), 'utf8');
    expect(declarations).toMatch(/export declare class JigaClient/);
    expect(declarations).not.toMatch(/^import |\bimport\(/m);
  });

  it('runs without anything of the server', async () => {
    const script = `
      import { JigaClient } from '@jiga/client';
      const client = new JigaClient({ baseUrl: 'http://127.0.0.1:9', WebSocket: class {} });
      await client.getSession('sess_1').catch(({ name, code, retryable }) => console.log(name, code, retryable));
    `;
    await writeFile(join(consumer.path, 'game.mjs'), script);
    const { stdout } = await run(process.execPath, ['game.mjs'], { cwd: consumer.path });
    expect(stdout.trim()).toBe('JigaError client_unreachable true');
  });
});
