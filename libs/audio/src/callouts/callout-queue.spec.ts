import { beforeEach, describe, expect, it } from '@jest/globals';

import type { Callout, CalloutPriority } from '@jiga/contracts';

import { CalloutQueue } from './callout-queue.js';

const callout = (text: string, priority: CalloutPriority): Callout => ({ text, priority }) as Callout;
const FREE = { isPlayerSpeaking: false, isBusy: false };

describe('callouts that wait to be spoken', () => {
  let queue: CalloutQueue;
  const offer = (text: string, priority: CalloutPriority, lifetimeMs = 5_000, nowMs = 0): void =>
    queue.offer(callout(text, priority), 'info', lifetimeMs, nowMs);
  const take = (state = FREE, nowMs = 0): string | null => queue.take(state, nowMs)?.text ?? null;
  beforeEach(() => {
    queue = new CalloutQueue();
  });

  it('come the most pressing first, then the newest', () => {
    offer('old', 'info');
    offer('pressing', 'important');
    offer('new', 'info');
    expect([take(), take(), take(), take()]).toEqual(['pressing', 'new', 'old', null]);
  });

  it('wait while JIGA speaks, and while the player does unless they are urgent', () => {
    offer('soon', 'important');
    expect(take({ isPlayerSpeaking: true, isBusy: false })).toBeNull();
    offer('now', 'urgent');
    expect(take({ isPlayerSpeaking: true, isBusy: true })).toBeNull();
    expect(take({ isPlayerSpeaking: true, isBusy: false })).toBe('now');
  });

  it('are forgotten when they are old', () => {
    offer('brief', 'urgent', 1_000);
    offer('lasting', 'info', 9_000);
    expect([queue.hasUrgent(999), queue.hasUrgent(1_000)]).toEqual([true, false]);
    expect(take(FREE, 1_000)).toBe('lasting');
  });

  it('below what the player wants to hear are not taken', () => {
    queue.offer(callout('quiet', 'important'), 'urgent', 5_000, 0);
    queue.offer(callout('muted', 'urgent'), null, 5_000, 0);
    expect(take()).toBeNull();
  });

  it('are bounded: the least pressing give way', () => {
    for (let i = 0; i < 50; i++) offer(`info ${i}`, 'info');
    offer('urgent', 'urgent');
    expect(queue.size).toBe(5);
    expect(take()).toBe('urgent');
  });
});
