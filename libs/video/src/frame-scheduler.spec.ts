import { describe, expect, it } from '@jest/globals';

import { VirtualClock, turn } from '@jiga/testing';

import { FrameScheduler, type TurnTaker } from './frame-scheduler.js';

/** A session with so many frames, which are in the cheap stage until the test ends them. */
class Session implements TurnTaker {
  constructor(
    private readonly name: string,
    private frames: number,
    private readonly scheduler: FrameScheduler,
    private readonly started: string[],
  ) {}

  ask(): void {
    this.scheduler.request(this.name, this);
  }

  takeTurn(): boolean {
    if (this.frames === 0) return false;
    this.started.push(`${this.name}${this.frames--}`);
    if (this.frames > 0) this.ask();
    return true;
  }
}

describe('FrameScheduler', () => {
  const clock = new VirtualClock();

  it('lets sessions take turns, so that one with many frames waits for itself', async () => {
    const scheduler = new FrameScheduler({ clock, atOnce: 100 });
    const started: string[] = [];
    for (const [name, frames] of [
      ['flood', 5],
      ['a', 1],
      ['b', 2],
    ] as const) {
      new Session(name, frames, scheduler, started).ask();
    }
    expect(started).toEqual([]);
    await turn();
    expect(started.join(' ')).toBe('flood5 a1 b2 flood4 b1 flood3 flood2 flood1');
  });

  it('starts no more than may be under way, and goes on when one has left', async () => {
    const scheduler = new FrameScheduler({ clock, atOnce: 2 });
    const started: string[] = [];
    new Session('flood', 3, scheduler, started).ask();
    new Session('a', 1, scheduler, started).ask();
    await turn();
    expect(started.join(' ')).toBe('flood3 a1');
    scheduler.release();
    scheduler.release();
    await turn();
    expect(started.join(' ')).toBe('flood3 a1 flood2 flood1');
    expect(scheduler.waiting).toBe(0);
  });

  it('gives sockets their turn again when starting takes long', async () => {
    const slow = new VirtualClock();
    const scheduler = new FrameScheduler({ clock: slow, atOnce: 100 });
    let started = 0;
    const taker: TurnTaker = {
      takeTurn: () => {
        slow.advance(5);
        started += 1;
        scheduler.request('s', taker);
        return true;
      },
    };
    scheduler.request('s', taker);
    await turn();
    expect(started).toBe(2);
    await turn();
    expect(started).toBe(4);
    scheduler.forget('s');
    await turn();
    expect(started).toBe(4);
  });

  it('passes over a session that has nothing left', async () => {
    const scheduler = new FrameScheduler({ clock, atOnce: 1 });
    const started: string[] = [];
    scheduler.request('gone', { takeTurn: () => false });
    new Session('a', 1, scheduler, started).ask();
    await turn();
    expect(started).toEqual(['a1']);
  });
});
