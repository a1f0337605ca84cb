import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';

import { VirtualClock, turn } from '@jiga/testing';

import { RetentionService } from './retention.service.js';

// What is logged of failures would be noise here.
Logger.overrideLogger(false);

const HOUR_MS = 3_600_000;

describe('RetentionService', () => {
  let clock: VirtualClock;
  let retention: RetentionService;

  beforeEach(() => {
    clock = new VirtualClock();
    const settings = {
      eventsMs: null,
      analysesMs: 0,
      sessionsMs: 0,
      auditMs: 1,
      teamMessagesMs: 1,
      usageMs: 1,
      sweepIntervalMs: 60_000,
    };
    retention = new RetentionService(clock, { retention: settings });
  });
  afterEach(() => retention.close());

  /** A rule over this many things past their time; tells what it was asked for. */
  function rule(name: string, count: number, ttlMs = HOUR_MS) {
    const asked: { before: number; limit: number }[] = [];
    let left = count;
    const remove = (before: number, limit: number): Promise<number> => {
      asked.push({ before, limit });
      const removed = Math.min(left, limit);
      left -= removed;
      return Promise.resolve(removed);
    };
    retention.add({ name, ttlMs, remove });
    return { asked, left: () => left };
  }

  /** Lets the pauses of a sweep pass until it has ended. */
  async function sweep(): Promise<void> {
    const progress = { isDone: false };
    const sweeping = retention.sweep().then(() => (progress.isDone = true));
    while (!progress.isDone) {
      await turn();
      clock.advance(20);
    }
    await sweeping;
  }

  it('removes what is older than its time', async () => {
    const { asked } = rule('things', 3);
    const nowMs = clock.nowMs();
    await sweep();
    expect(asked[0]?.before).toBe((nowMs - HOUR_MS) / 1000);
  });

  it('goes in bounded batches, with a rest between them, until nothing is left', async () => {
    const { asked, left } = rule('things', 1_200);
    await sweep();
    expect(left()).toBe(0);
    expect(asked.length).toBe(3);
    expect(new Set(asked.map(({ limit }) => limit)).size).toBe(1);
    // Two rests of 20 ms; the times of one sweep are the same for all its batches.
    expect(new Set(asked.map(({ before }) => before)).size).toBe(1);
  });

  it('sweeps by itself', async () => {
    const { asked } = rule('things', 1);
    clock.advance(60_000);
    await turn();
    expect(asked).toHaveLength(1);
  });

  it('goes on with the next rule when one fails', async () => {
    retention.add({ name: 'broken', ttlMs: 0, remove: () => Promise.reject(new Error('no disk')) });
    const { left } = rule('things', 1);
    await sweep();
    expect(left()).toBe(0);
  });

  it('ends after the batch under way, and leaves no timer', async () => {
    const { asked } = rule('things', 10_000);
    const sweeping = retention.sweep();
    await turn();
    await Promise.all([retention.close(), retention.close(), sweeping]);
    expect(asked).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });
});
