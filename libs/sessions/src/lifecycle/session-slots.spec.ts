import { describe, expect, it } from '@jest/globals';

import { SessionSlots } from './session-slots.js';

describe('SessionSlots', () => {
  it('gives out as many as a credential and the server may have, and not one more', () => {
    const slots = new SessionSlots({ max: 3, perCredentialMax: 2, ingestedMax: 3 });
    slots.take('a');
    slots.take('a');
    expect(() => slots.take('a')).toThrow(/credential has 2/);
    slots.take('b');
    expect(() => slots.take('c')).toThrow(/server has 3/);
    expect(slots.taken).toBe(3);
  });

  it('gives out streams apart from sessions', () => {
    const slots = new SessionSlots({ max: 9, perCredentialMax: 9, ingestedMax: 1 });
    const release = slots.take('a', true);
    expect(() => slots.take('b', true)).toThrow(/reads 1 streams/);
    slots.take('b');
    release();
    release();
    slots.take('b', true);
    expect(() => slots.take('b', true)).toThrow();
    expect(slots.taken).toBe(2);
  });

  it('takes a slot back once, however often it is given back', () => {
    const slots = new SessionSlots({ max: 2, perCredentialMax: 2, ingestedMax: 2 });
    const release = slots.take('a');
    slots.take('a');
    release();
    release();
    expect(slots.taken).toBe(1);
    slots.take('a');
    expect(() => slots.take('a')).toThrow();
  });
});
