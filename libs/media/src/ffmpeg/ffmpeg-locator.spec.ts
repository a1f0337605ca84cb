import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { locateFfmpeg } from './ffmpeg-locator.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ffmpeg-locator-'));
});
afterEach(() => rm(folder, { recursive: true }));

const nothingPackaged = (name: string): never => {
  throw new Error(`Cannot find module '${name}'`);
};

async function fakeProgram(name: string, says: string, mode = 0o755): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\necho '${says}'\n`, { mode });
  return path;
}

describe('locateFfmpeg', () => {
  it('takes the configured program before any other', async () => {
    const path = await fakeProgram('mine', 'ffmpeg version 7.1 Copyright');
    await fakeProgram('ffmpeg', 'ffmpeg version 6.0 Copyright');
    await expect(locateFfmpeg({ configuredPath: path, searchPath: folder })).resolves.toEqual({
      found: true,
      path,
      source: 'configured',
      version: '7.1',
    });
  });

  it('does not look elsewhere when the configured program is not there', async () => {
    await fakeProgram('ffmpeg', 'ffmpeg version 6.0 Copyright');
    const location = await locateFfmpeg({ configuredPath: join(folder, 'missing'), searchPath: folder });
    expect(location).toMatchObject({
      found: false,
      tried: [{ source: 'configured', reason: expect.stringContaining('ENOENT') }],
    });
  });

  it('prefers the package ffmpeg-static to PATH', async () => {
    const packaged = await fakeProgram('packaged', 'ffmpeg version 6.1 Copyright');
    await fakeProgram('ffmpeg', 'ffmpeg version 6.0 Copyright');
    const location = await locateFfmpeg({
      searchPath: folder,
      loadPackage: (name) => (name === 'ffmpeg-static' ? packaged : nothingPackaged(name)),
    });
    expect(location).toMatchObject({ source: 'ffmpeg-static', path: packaged, version: '6.1' });
  });

  it('searches every directory of PATH and skips files that cannot run', async () => {
    await fakeProgram('ffmpeg', 'ffmpeg version 6.0 Copyright', 0o644);
    const second = await mkdtemp(join(folder, 'second-'));
    await writeFile(join(second, 'ffmpeg'), '#!/bin/sh\necho ffmpeg version 5.1 Copyright\n', { mode: 0o755 });
    const location = await locateFfmpeg({ searchPath: [folder, second].join(delimiter), loadPackage: nothingPackaged });
    expect(location).toMatchObject({ source: 'path', path: join(second, 'ffmpeg'), version: '5.1' });
  });

  it('falls back to the 2018 build of the installer package, with a warning', async () => {
    const location = await locateFfmpeg({ searchPath: folder });
    expect(location).toMatchObject({
      found: true,
      source: 'ffmpeg-installer',
      warning: expect.stringContaining('2018'),
    });
  });

  it('makes a packaged program executable that lost its x bit', async () => {
    const path = await fakeProgram('bare', 'ffmpeg version 4.2 Copyright', 0o644);
    const location = await locateFfmpeg({
      loadPackage: (name) => (name === 'ffmpeg-static' ? nothingPackaged(name) : { path, version: '20181210' }),
    });
    expect(location).toMatchObject({ found: true, path, version: '4.2' });
    expect((await stat(path)).mode & 0o111).not.toBe(0);
  });

  it('refuses a program that is not ffmpeg', async () => {
    const configuredPath = await fakeProgram('other', 'hello');
    const location = await locateFfmpeg({ configuredPath });
    expect(location).toMatchObject({
      found: false,
      tried: [{ reason: expect.stringContaining('does not answer like ffmpeg') }],
    });
  });

  it('says what to do when there is none', async () => {
    const location = await locateFfmpeg({ searchPath: folder, loadPackage: nothingPackaged });
    expect(location).toEqual({
      found: false,
      tried: [
        { source: 'ffmpeg-static', reason: 'not installed' },
        { source: 'path', reason: 'not installed' },
        { source: 'ffmpeg-installer', reason: 'not installed' },
      ],
      remedy: expect.stringContaining('JIGA_FFMPEG_PATH'),
    });
  });
});
