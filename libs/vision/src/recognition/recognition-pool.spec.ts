import { afterEach, describe, expect, it } from '@jest/globals';
import { SystemClock } from '@jiga/platform';
import { RecognitionPool } from './recognition-pool.js';
import type { RecognitionJob } from './worker.messages.js';

/** Answers every job with the number of its thread, forgets nothing, and ends when it is told to. */
const ECHO = `
  import { parentPort, threadId } from 'node:worker_threads';
  parentPort.on('message', ({ type, id }) => {
    if (type === 'analyse') parentPort.postMessage({ type: 'done', id, result: threadId });
    if (type === 'end') process.exit();
  });`;
const url = new URL(`data:text/javascript,${encodeURIComponent(ECHO)}`);

let pool: RecognitionPool | null = null;
afterEach(() => pool?.close());

const threadOf = async (sessionId: string): Promise<unknown> => {
  const job: RecognitionJob = {
    sessionId,
    bytes: new Uint8Array(1),
    timestamp: 0,
    sceneCut: false,
    game: 'auto',
    scope: 'all',
    budgetMs: 0,
    findText: false,
    shareText: false,
  };
  return pool?.analyse(job);
};

describe('RecognitionPool', () => {
  it('spreads sessions over its threads, keeps each where it is, and fills the place of one that has gone', async () => {
    pool = new RecognitionPool(2, { clock: new SystemClock(), url });
    const [a, b] = [await threadOf('a'), await threadOf('b')];
    expect(a).not.toBe(b);
    expect(await threadOf('c')).toBe(a);
    expect([await threadOf('b'), await threadOf('a')]).toEqual([b, a]);
    pool.forget('b');
    expect(await threadOf('d')).toBe(b);
  });

  it('refuses jobs once it is closed, which may be done twice', async () => {
    pool = new RecognitionPool(2, { clock: new SystemClock(), url });
    await threadOf('a');
    await pool.close();
    await pool.close();
    await expect(threadOf('a')).rejects.toMatchObject({ code: 'session_closed' });
  });
});
