import { beforeEach, describe, expect, it } from '@jest/globals';
import { VirtualClock, deferred, turn } from '@jiga/testing';
import { FrameWindow, type Message } from './frame-window.js';

describe('FrameWindow', () => {
  let clock: VirtualClock;
  let window: FrameWindow;
  let sent: Message[];

  beforeEach(() => {
    clock = new VirtualClock();
    window = new FrameWindow(10, 15_000, clock);
    sent = [];
    window.open((message) => sent.push(message));
  });
  const answer = (id: string): boolean => window.answer(id, { status: 'dropped', reason: 'x' });

  it('takes the bounds that are granted, and no more on the way from then on', async () => {
    window.limit(2, null);
    for (const id of ['a', 'b', 'c', 'd']) void window.submit(id, id);
    expect([sent, window.size]).toEqual([['a', 'b'], 2]);
    window.limit(3, null);
    expect(sent).toEqual(['a', 'b', 'd']);
    window.limit(1, null);
    for (const id of ['a', 'b']) expect(answer(id)).toBe(true);
    void window.submit('e', 'e');
    expect(sent).toEqual(['a', 'b', 'd']);
    answer('d');
    expect(sent).toEqual(['a', 'b', 'd', 'e']);
    window.close();
    await turn();
    expect(clock.pending).toBe(0);
  });

  it('sends no faster than is granted, and the newest when its time has come', async () => {
    window.limit(10, 5);
    const frames = ['a', 'b', 'c'].map((id) => window.submit(id, id));
    expect(sent).toEqual(['a']);
    await expect(frames[1]).resolves.toEqual({ status: 'dropped', reason: 'client_superseded' });
    clock.advance(199);
    expect(sent).toEqual(['a']);
    clock.advance(1);
    expect(sent).toEqual(['a', 'c']);
    // After a pause there is no burst to catch up with it.
    clock.advance(10_000);
    for (const id of ['d', 'e', 'f']) void window.submit(id, id);
    expect(sent).toEqual(['a', 'c', 'd']);
    clock.advance(250);
    expect(sent.at(-1)).toBe('f');
    void window.submit('g', 'g');
    clock.advance(150);
    expect(sent.at(-1)).toBe('g');
    window.close();
    expect(clock.pending).toBe(0);
  });

  it('makes a picture only when its turn has come', async () => {
    window.limit(1, null);
    const made: string[] = [];
    const source = (id: string) => () => {
      made.push(id);
      return id;
    };
    for (const id of ['a', 'b', 'c']) void window.submit(id, source(id));
    await turn();
    expect([made, sent]).toEqual([['a'], ['a']]);
    answer('a');
    await turn();
    expect([made, sent]).toEqual([
      ['a', 'c'],
      ['a', 'c'],
    ]);
    window.close();
  });

  it('fails a frame whose picture cannot be made, and does not send one that came too late', async () => {
    const broken = window.submit('a', () => Promise.reject(new Error('no camera')));
    await expect(broken).rejects.toMatchObject({ code: 'client_no_picture', message: 'no camera' });
    const late = deferred<string>();
    const frame = window.submit('b', () => late.promise);
    window.lost();
    late.resolve('b');
    await expect(frame).resolves.toEqual({ status: 'dropped', reason: 'client_connection_lost' });
    await turn();
    expect([sent, clock.pending]).toEqual([[], 0]);
  });
});
