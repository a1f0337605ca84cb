import { describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';

import { deferred, VirtualClock } from '@jiga/testing';

import { runInContext } from '../logging/request-context.js';
import type { AuditEntry, AuditStore } from './audit.store.js';
import { AuditTrail } from './audit-trail.js';
import { noteCaller } from './caller.js';

Logger.overrideLogger(false);

/** Keeps what is written, batch by batch; each write waits for `gate`. */
class SlowStore implements Pick<AuditStore, 'append'> {
  readonly batches: string[][] = [];
  gate: Promise<void> = Promise.resolve();

  async append(entries: readonly AuditEntry[]): Promise<void> {
    await this.gate;
    this.batches.push(entries.map(({ action }) => action));
  }
}

describe('AuditTrail', () => {
  it('writes at once, and together what comes while it writes', async () => {
    const store = new SlowStore();
    const gate = deferred<void>();
    store.gate = gate.promise;
    const trail = new AuditTrail(store, new VirtualClock());
    const written = ['a', 'b', 'c'].map((action) => trail.record({ action }));
    gate.resolve();
    await Promise.all(written);
    expect(store.batches).toEqual([['a'], ['b', 'c']]);
  });

  it('loses nothing when an entry comes just as a write ends', async () => {
    const store = new SlowStore();
    const trail = new AuditTrail(store, new VirtualClock());
    for (let i = 0; i < 50; i++) {
      const first = trail.record({ action: `${i}` });
      for (let turn = 0; turn < i % 7; turn++) await Promise.resolve();
      await Promise.all([first, trail.record({ action: `${i}+` })]);
    }
    expect(store.batches.flat()).toHaveLength(100);
  });

  it('tries again later when the store fails, in order, and never rejects', async () => {
    const store = new SlowStore();
    const clock = new VirtualClock();
    const trail = new AuditTrail(store, clock);
    store.gate = Promise.reject(new Error('away'));
    store.gate.catch(() => {});
    await trail.record({ action: 'a' });
    await trail.record({ action: 'b' });
    expect(store.batches).toEqual([]);
    store.gate = Promise.resolve();
    clock.advance(1_000);
    await trail.close();
    expect(store.batches.flat()).toEqual(['a', 'b']);
    expect(clock.pending).toBe(0);
  });

  it('names the caller of the request in which it happened, and the server outside of one', async () => {
    const entries: AuditEntry[] = [];
    const store = new SlowStore();
    store.append = (batch) => Promise.resolve(void entries.push(...batch));
    const trail = new AuditTrail(store, new VirtualClock());
    await runInContext({ requestId: 'req_1' }, async () => {
      noteCaller({ credentialId: 'key_1', remoteAddress: '192.0.2.1' });
      await trail.record({ action: 'a', target: 'sess_1', detail: { reason: 'x' } });
    });
    await trail.record({ action: 'b' });
    expect(entries).toMatchObject([
      {
        action: 'a',
        actor: 'key_1',
        requestId: 'req_1',
        remoteAddress: '192.0.2.1',
        target: 'sess_1',
        detail: { reason: 'x' },
      },
      { action: 'b', actor: null, requestId: null, remoteAddress: null, target: null, detail: {} },
    ]);
  });
});
