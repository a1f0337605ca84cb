import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { tempDir } from '@jiga/testing';
import type { Summary } from '../../apps/cli/src/feed.js';

const demo = fileURLToPath(new URL('../../dist/apps/cli/src/demo.js', import.meta.url));

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built demo as a user does, but with nothing on PATH: no ffmpeg, no shell tools. */
async function runDemo(tmp: string, ...options: string[]): Promise<Run> {
  const child = spawn(process.execPath, [demo, ...options], {
    env: { PATH: '', TMPDIR: tmp },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += String(text)));
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += String(text)));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

let tmp: Awaited<ReturnType<typeof tempDir>>;
beforeEach(async () => {
  tmp = await tempDir();
});
afterEach(() => tmp.remove());

describe('npm run demo', () => {
  it('plays the bundled clip, tells what is seen, and leaves nothing behind', async () => {
    const { code, stdout, stderr } = await runDemo(tmp.path, '--json', '--fps', '2', '--speed', '4');
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown> & { type: string });
    const intro = lines[0] as unknown as { type: string; width: number; base_url: string };
    const summary = lines.at(-1) as unknown as { type: string } & Summary;
    expect(intro).toMatchObject({ type: 'intro', width: 1280 });
    expect(lines.filter(({ type }) => type === 'frame')).toHaveLength(54);
    const notAnswered = Object.values(summary.notAnswered).reduce((total, count) => total + count, 0);
    expect([summary.type, summary.frames, summary.answered + notAnswered]).toEqual(['summary', 54, 54]);
    expect(summary.events['kill']).toBeGreaterThan(0);
    expect(summary.callouts).toBeGreaterThan(0);
    await expect(fetch(intro.base_url)).rejects.toThrow();
    expect(await readdir(tmp.path)).toEqual([]);
  }, 60_000);

  it('says what is wrong with its options and does not start', async () => {
    await expect(runDemo(tmp.path, '--fps', 'fast')).resolves.toEqual({
      code: 1,
      stdout: '',
      stderr: '--fps needs a number above 0, not fast\n',
    });
    const missing = await runDemo(tmp.path, '--clip', 'no-such-clip.mp4');
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain('No such file');
  });
});
