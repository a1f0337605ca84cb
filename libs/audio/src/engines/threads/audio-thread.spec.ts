import { describe, expect, it } from '@jest/globals';

import { VirtualClock } from '@jiga/testing';

import { FakeRunner } from '../../testing/fake-runner.js';
import { AudioThread, type AudioThreadOptions } from './audio-thread.js';

function rig(options: Partial<AudioThreadOptions> = {}) {
  const clock = new VirtualClock();
  const runners: FakeRunner[] = [];
  const thread = new AudioThread({
    clock,
    data: { role: 'codec', ffmpegPath: null, asrModelDir: null, ttsModelDir: null },
    maxWaiting: 2,
    maxUnderWay: 1,
    hangMs: 1000,
    idleMs: 5000,
    start: (_data, events) => {
      const runner = new FakeRunner(events);
      runners.push(runner);
      return runner;
    },
    ...options,
  });
  const call = (signal?: AbortSignal) => {
    const outcome = thread.call('work', null, signal);
    outcome.catch(() => undefined);
    return outcome;
  };
  return { clock, runners, thread, call };
}

describe('AudioThread', () => {
  it('starts with the first call and gives the thread so much as it may have at once', async () => {
    const { runners, call } = rig();
    expect(runners).toHaveLength(0);
    const [first, second] = [call(), call()];
    expect(runners[0]?.doing).toEqual([1]);
    expect(runners[0]?.keepsAlive).toBe(true);
    runners[0]?.done(1, 'one');
    await expect(first).resolves.toBe('one');
    runners[0]?.done(2, 'two');
    await expect(second).resolves.toBe('two');
    expect(runners[0]?.keepsAlive).toBe(false);
  });

  it('refuses what can no longer wait', async () => {
    const { call } = rig();
    for (let calls = 0; calls < 3; calls++) void call();
    await expect(call()).rejects.toMatchObject({ code: 'audio_overloaded' });
  });

  it('takes a waiting call back, and lets go of one that is under way', async () => {
    const { runners, call } = rig();
    const [begun, waiting] = [new AbortController(), new AbortController()];
    const [first, second, third] = [call(begun.signal), call(waiting.signal), call()];
    waiting.abort(new Error('not wanted'));
    begun.abort(new Error('too late'));
    await expect(second).rejects.toThrow('not wanted');
    await expect(first).rejects.toThrow('too late');
    expect(runners[0]?.requests.at(-1)).toEqual({ type: 'cancel', id: 1 });
    runners[0]?.done(1);
    runners[0]?.done(3, 'three');
    await expect(third).resolves.toBe('three');
    await expect(call(AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
  });

  it('fails what was under way when the thread dies, and goes on in a new one', async () => {
    const { runners, call } = rig();
    const [first, second] = [call(), call()];
    runners[0]?.events.lost(new Error('crash'));
    await expect(first).rejects.toMatchObject({ code: 'audio_failed' });
    runners[1]?.done(2, 'two');
    await expect(second).resolves.toBe('two');
    // The old one's exit is no news.
    runners[0]?.events.lost(new Error('exit'));
    expect(runners[1]?.ended).toBe(false);
  });

  it('ends a thread that hangs, by the time since its last answer', async () => {
    const { clock, runners, call } = rig({ maxUnderWay: 2 });
    const [first, second] = [call(), call()];
    clock.advance(900);
    runners[0]?.done(1);
    await expect(first).resolves.toBeNull();
    clock.advance(900);
    expect(runners[0]?.ended).toBe(false);
    clock.advance(200);
    expect(runners[0]?.ended).toBe(true);
    await expect(second).rejects.toMatchObject({ code: 'audio_failed' });
  });

  it('ends when it is unused, unless somebody holds it', async () => {
    const { clock, runners, thread, call } = rig();
    thread.hold();
    void call();
    runners[0]?.done(1);
    clock.advance(60_000);
    expect(thread.isRunning).toBe(true);
    thread.release();
    clock.advance(5000);
    expect(runners[0]?.ended).toBe(true);
    expect(thread.isRunning).toBe(false);
    void call();
    expect(runners).toHaveLength(2);
  });

  it('rejects everything when it is closed, more than once too', async () => {
    const { runners, thread, call } = rig();
    const calls = [call(), call()];
    await thread.close();
    await thread.close();
    for (const one of calls) await expect(one).rejects.toMatchObject({ code: 'session_closed' });
    await expect(call()).rejects.toMatchObject({ code: 'session_closed' });
    expect(runners[0]?.ended).toBe(true);
  });

  it('keeps the code of an error, and hides what was not foreseen', async () => {
    const { runners, call } = rig({ maxUnderWay: 2 });
    const [first, second] = [call(), call()];
    const failed = (id: number, code: 'invalid_audio' | null): void =>
      runners[0]?.events.reply({ type: 'failed', id, failure: { code, message: 'secret path', details: null } });
    failed(1, 'invalid_audio');
    failed(2, null);
    await expect(first).rejects.toMatchObject({ code: 'invalid_audio', message: 'secret path' });
    await expect(second).rejects.toMatchObject({
      code: 'audio_failed',
      message: expect.not.stringContaining('secret'),
    });
  });
});
