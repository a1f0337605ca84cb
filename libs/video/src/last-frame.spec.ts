import { describe, expect, it } from '@jest/globals';

import { VirtualClock } from '@jiga/testing';

import { LastFrame } from './last-frame.js';

const frame = (value: number) => ({ bytes: Uint8Array.of(value) });

describe('the last frame', () => {
  it('is the newest, as it came, with its age', () => {
    const clock = new VirtualClock();
    const last = new LastFrame(clock);
    expect(last.read()).toBeNull();
    last.keep(frame(1));
    last.keep(frame(2));
    clock.advance(1_500);
    expect(last.read()).toEqual({ bytes: Uint8Array.of(2), ageMs: 1_500 });
  });

  it('is let go by itself when none has come for 30 s', () => {
    const clock = new VirtualClock();
    const last = new LastFrame(clock);
    last.keep(frame(1));
    clock.advance(29_000);
    last.keep(frame(2));
    clock.advance(29_000);
    expect(last.read()).toMatchObject({ ageMs: 29_000 });
    expect(clock.pending).toBe(1);
    clock.advance(1_000);
    expect(last.read()).toBeNull();
    expect(clock.pending).toBe(0);
  });

  it('leaves nothing when it is to be forgotten, and begins anew with the next', () => {
    const clock = new VirtualClock();
    const last = new LastFrame(clock);
    last.keep(frame(1));
    last.forget();
    last.forget();
    expect([last.read(), clock.pending]).toEqual([null, 0]);
    last.keep(frame(3));
    expect(last.read()).toMatchObject({ bytes: Uint8Array.of(3) });
  });
});
