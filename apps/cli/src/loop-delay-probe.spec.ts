import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { ServerLoopDelay } from './loop-delay.js';

const probe = fileURLToPath(new URL('../../../dist/apps/cli/src/loop-delay-probe.js', import.meta.url));

/** A process with one thread, which tells how many modules listen for the parent's requests in there. */
const PROGRAM = `
import { Worker } from 'node:worker_threads';
const inThread = "import('node:worker_threads').then(({ parentPort }) => parentPort.postMessage(process.listenerCount('message')))";
new Worker(inThread, { eval: true }).on('message', (listeners) => process.send({ listeners }));
setInterval(() => undefined, 1000);
`;

describe('loop delay probe', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jiga-probe-'));
    await writeFile(join(folder, 'program.mjs'), PROGRAM);
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('watches the loop of its process on request, and none of its threads', async () => {
    const child = fork(join(folder, 'program.mjs'), { execArgv: ['--import', pathToFileURL(probe).href] });
    const ended = once(child, 'exit');
    const [{ listeners }] = (await once(child, 'message')) as [{ listeners: number }];
    child.send('reset_loop_delay');
    child.send('read_loop_delay');
    const [delay] = (await once(child, 'message')) as [ServerLoopDelay];
    child.disconnect();
    await ended;
    expect(listeners).toBe(0);
    expect(delay.server.maxMs).toBeGreaterThanOrEqual(0);
    expect(delay.idleThread.maxMs).toBeGreaterThanOrEqual(0);
  });
});
