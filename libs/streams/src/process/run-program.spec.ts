import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { VirtualClock } from '@jiga/testing';

import { runProgram } from './run-program.js';

const run = (code: string, options: { signal?: AbortSignal; clock?: VirtualClock; maxBytes?: number } = {}) =>
  runProgram(process.execPath, ['-e', code], {
    clock: options.clock ?? new VirtualClock(),
    signal: options.signal ?? new AbortController().signal,
    timeoutMs: 1_000,
    maxBytes: options.maxBytes ?? 1_000,
  });

describe('runProgram', () => {
  it('gives what a program said and how it ended, and keeps our settings from it', async () => {
    process.env['JIGA_ADMIN_KEY'] = 'secret';
    const code = 'console.log(process.env.JIGA_ADMIN_KEY ?? "none"); console.error("e"); process.exitCode = 3';
    expect(await run(code)).toEqual({ exitCode: 3, stdout: 'none\n', stderr: 'e\n' });
    delete process.env['JIGA_ADMIN_KEY'];
  });

  it('says so when there is no such program', async () => {
    const clock = new VirtualClock();
    const running = runProgram('/no/such/program', [], {
      clock,
      signal: new AbortController().signal,
      timeoutMs: 1_000,
      maxBytes: 10,
    });
    await expect(running).rejects.toMatchObject({ failure: 'missing' });
    expect(clock.pending).toBe(0);
  });

  it('kills one that says too much', async () => {
    await expect(run('setInterval(() => console.log("x".repeat(999)), 1)')).rejects.toMatchObject({
      failure: 'too_much_output',
    });
  });

  it('kills one that takes too long', async () => {
    const clock = new VirtualClock();
    const running = run('setInterval(() => {}, 1000)', { clock });
    clock.advance(1_000);
    await expect(running).rejects.toMatchObject({ failure: 'timeout' });
    expect(clock.pending).toBe(0);
  });

  it('leaves nothing running when it is aborted, not even what the program started', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'jiga-program-'));
    const pidFile = join(directory, 'pid');
    const code = `const c = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
      require('node:fs').writeFileSync(${JSON.stringify(pidFile)}, String(c.pid)); setInterval(() => {}, 1000);`;
    const abort = new AbortController();
    const running = run(code, { signal: abort.signal });
    let pid = 0;
    while (!pid) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      pid = Number(await readFile(pidFile, 'utf8').catch(() => ''));
    }
    abort.abort(new Error('closed'));
    await expect(running).rejects.toThrow('closed');
    await expect(runningFor(pid)).resolves.toBe(false);
    await rm(directory, { recursive: true });
  });
});

/** Whether the process still runs, a moment after it was killed. */
async function runningFor(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 100; tries++) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
    if (stat === null || / [ZX] /.test(stat)) return false;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return true;
}
