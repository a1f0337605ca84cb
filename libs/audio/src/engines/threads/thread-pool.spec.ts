import { describe, expect, it } from '@jest/globals';

import { turn, VirtualClock } from '@jiga/testing';

import { FakeRunner } from '../../testing/fake-runner.js';
import { AudioThread } from './audio-thread.js';
import { ThreadPool, type PoolCall } from './thread-pool.js';

/** Two threads and a way to give them jobs; each job's argument is its name. */
function rig() {
  const clock = new VirtualClock();
  const runners: FakeRunner[] = [];
  const threads = [0, 1].map(
    () =>
      new AudioThread({
        clock,
        data: { role: 'commands', ffmpegPath: null, asrModelDir: null, ttsModelDir: null },
        maxWaiting: 4,
        maxUnderWay: 2,
        start: (_data, events) => {
          const runner = new FakeRunner(events);
          runners.push(runner);
          return runner;
        },
      }),
  );
  const pool = new ThreadPool({ clock, threads, maxWaiting: 3, maxWaitMs: 4000 });
  const call = (name: string, key = 'grammar', more: Partial<PoolCall> = {}): Promise<unknown> => {
    const outcome = pool.call({ method: 'work', argument: name, key, ...more });
    outcome.catch(() => {});
    return outcome;
  };
  /** What each thread was given, in order; `null` is what readies it. */
  const given = (): unknown[][] =>
    runners.map(({ requests }) => requests.flatMap((each) => (each.type === 'do' ? [each.argument] : [])));
  const finish = async (thread: number, value: unknown = null): Promise<void> => {
    const runner = runners[thread];
    runner?.done(runner.doing.at(-1) ?? 0, value);
    await turn();
  };
  return { clock, pool, runners, threads, call, given, finish };
}

describe('ThreadPool', () => {
  it('starts another thread when all are busy; who is free first takes what waits', async () => {
    const { call, given, finish } = rig();
    const first = call('a');
    expect(given()).toEqual([['a']]);
    void call('b');
    void call('c');
    expect(given()).toEqual([['a'], [null]]);
    await finish(0, 'done');
    await expect(first).resolves.toBe('done');
    expect(given()).toEqual([['a', 'b'], [null]]);
    await finish(1);
    expect(given()).toEqual([
      ['a', 'b'],
      [null, 'c'],
    ]);
  });

  it('prefers a thread that has the grammar ready', async () => {
    const { pool, call, given, finish } = rig();
    void call('a', 'en');
    void call('b', 'fr');
    await finish(1);
    await finish(0);
    await finish(1);
    expect([pool.has('en'), pool.has('fr'), pool.has('de')]).toEqual([true, true, false]);
    void call('c', 'fr');
    void call('d', 'en');
    expect(given()).toEqual([
      ['a', 'd'],
      [null, 'b', 'c'],
    ]);
  });

  it('gives jobs out in the order in which they came, and tells how long each waited', async () => {
    const { clock, call, given, finish } = rig();
    const waited: number[] = [];
    const onWaited = (ms: number): number => waited.push(ms);
    for (const name of ['a', 'b', 'c']) void call(name, 'en', { onWaited });
    clock.advance(500);
    await finish(0);
    clock.advance(100);
    await finish(0);
    expect(given()[0]).toEqual(['a', 'b', 'c']);
    expect(waited).toEqual([0, 500, 600]);
  });

  it('refuses what cannot wait, and gives up what has waited too long', async () => {
    const { clock, call } = rig();
    void call('a');
    const late = call('b');
    for (const name of ['c', 'd']) void call(name);
    await expect(call('e')).rejects.toMatchObject({ code: 'audio_overloaded' });
    clock.advance(4000);
    await expect(late).rejects.toMatchObject({ code: 'audio_overloaded' });
  });

  it('refuses at once what would wait too long', async () => {
    const { clock, call, finish } = rig();
    void call('a');
    clock.advance(9000);
    await finish(0);
    void call('b');
    void call('c');
    await expect(call('d')).rejects.toMatchObject({ code: 'audio_overloaded' });
  });

  it('takes back what waits, and lets go of what is under way', async () => {
    const { call, given, finish } = rig();
    const [begun, waiting] = [new AbortController(), new AbortController()];
    const first = call('a', 'en', { signal: begun.signal });
    const second = call('b', 'en', { signal: waiting.signal });
    const third = call('c');
    begun.abort(new Error('too late'));
    waiting.abort(new Error('not wanted'));
    await expect(first).rejects.toThrow('too late');
    await expect(second).rejects.toThrow('not wanted');
    await finish(0);
    expect(given()[0]).toEqual(['a', 'c']);
    await finish(0, 'three');
    await expect(third).resolves.toBe('three');
    await expect(call('d', 'en', { signal: AbortSignal.abort(new Error('gone')) })).rejects.toThrow('gone');
  });

  it('goes on with other jobs when one fails, and ends them when it is closed', async () => {
    const { call, runners, threads, given } = rig();
    const first = call('a');
    const second = call('b');
    runners[0]?.events.lost(new Error('crash'));
    await expect(first).rejects.toMatchObject({ code: 'audio_failed' });
    await turn();
    for (const thread of threads) await thread.close();
    await expect(second).rejects.toMatchObject({ code: 'session_closed' });
    expect(given().flat()).not.toContain('c');
  });
});
