import { beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';

import { deferred, turn, until, VirtualClock } from '@jiga/testing';
import type { Deferred } from '@jiga/testing';

import { BatchWriter } from './batch-writer.js';
import type { EventRow, EventStore } from './event.store.js';

/** A store whose writes end when the test says so. */
class HeldStore {
  readonly calls: { readonly sequences: number[]; readonly answer: Deferred<void> }[] = [];
  readonly kept: number[] = [];
  isHeld = false;

  async append(rows: readonly EventRow[]): Promise<void> {
    const call = { sequences: rows.map(({ entry }) => entry.sequence), answer: deferred<void>() };
    this.calls.push(call);
    if (this.isHeld) await call.answer.promise;
    this.kept.push(...call.sequences);
  }
}

// What is logged of failures would be noise here.
Logger.overrideLogger(false);

const FLUSH_MS = 50;
let sequence = 0;
const row = (type = 'callout', session = 'a'): EventRow => ({
  entry: {
    sequence: ++sequence,
    event: { event_id: `evt_${sequence}`, type, timestamp: 0, session_id: session, data: {} },
  },
  json: '{}',
});

describe('BatchWriter', () => {
  let clock: VirtualClock;
  let store: HeldStore;
  let writer: BatchWriter;

  beforeEach(() => {
    sequence = 0;
    clock = new VirtualClock();
    store = new HeldStore();
    writer = new BatchWriter(store as unknown as EventStore, clock, { queueMax: 10, batchMax: 4, flushMs: FLUSH_MS });
  });
  const add = (count: number, type?: string): void => {
    for (let i = 0; i < count; i++) writer.add(row(type));
  };

  it('writes a few after a moment, together', async () => {
    add(3);
    await turn();
    expect(store.calls).toHaveLength(0);
    clock.advance(FLUSH_MS);
    await until(() => writer.stats.written === 3);
    expect(store.calls.map(({ sequences }) => sequences)).toEqual([[1, 2, 3]]);
  });

  it('writes a full batch at once', async () => {
    add(4);
    await until(() => writer.stats.written === 4);
    expect(store.calls.map(({ sequences }) => sequences)).toEqual([[1, 2, 3, 4]]);
  });

  it('has one batch under way at a time, and gathers what comes meanwhile', async () => {
    store.isHeld = true;
    add(4);
    add(3);
    await turn();
    expect(store.calls).toHaveLength(1);
    expect(writer.waitingOf('a').map((entry) => entry.sequence)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    store.isHeld = false;
    store.calls[0]?.answer.resolve();
    await until(() => writer.stats.waiting === 0);
    expect(store.kept).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('tells when all that was added before is kept, not waiting for what comes after', async () => {
    store.isHeld = true;
    add(1);
    let isFlushed = false;
    const flushed = writer.flush().then(() => (isFlushed = true));
    add(1);
    await turn();
    expect(isFlushed).toBe(false);
    store.calls[0]?.answer.resolve();
    await flushed;
    expect(store.kept).toEqual([1]);
    store.calls[1]?.answer.resolve();
    await writer.flush();
  });

  it('tries again until the database takes it, and says so meanwhile', async () => {
    store.isHeld = true;
    add(4);
    await turn();
    store.calls[0]?.answer.reject(new Error('gone'));
    await until(() => writer.problem !== null);
    add(2);
    expect(writer.problem).toBe('6 events wait for the database');
    store.isHeld = false;
    clock.advance(100);
    await until(() => writer.stats.waiting === 0);
    expect(store.kept).toEqual([1, 2, 3, 4, 5, 6]);
    expect(writer.problem).toBeNull();
  });

  it('gives up the oldest fleeting events when too many wait, and counts them', async () => {
    store.isHeld = true;
    add(4);
    await turn();
    add(4, 'session.state_changed');
    add(4, 'callout');
    add(4, 'session.state_changed');
    expect(writer.stats).toEqual({ waiting: 14, written: 0, lost: 2 });
    store.isHeld = false;
    store.calls[0]?.answer.resolve();
    await writer.flush();
    expect(store.kept).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 14, 15, 16]);
  });

  it('forgets what waits for a session, also in a batch that is tried again', async () => {
    store.isHeld = true;
    writer.add(row('callout', 'a'));
    writer.add(row('callout', 'b'));
    clock.advance(FLUSH_MS);
    await turn();
    writer.add(row('callout', 'b'));
    const discarded = writer.discard(new Set(['b']));
    store.calls[0]?.answer.reject(new Error('gone'));
    await discarded;
    store.isHeld = false;
    await writer.flush();
    expect(store.kept).toEqual([1]);
  });

  it('writes what is left when it closes', async () => {
    add(2);
    expect(await writer.close(1_000)).toBe(0);
    expect(store.kept).toEqual([1, 2]);
    expect(clock.pending).toBe(0);
  });

  it('does not wait for ever for a database that is away', async () => {
    store.isHeld = true;
    add(2);
    const closing = writer.close(1_000);
    await turn();
    clock.advance(1_000);
    expect(await closing).toBe(2);
  });
});
