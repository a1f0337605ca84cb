import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import type { MakeTestDatabase, TestDatabase } from '@jiga/testing';
import { KyselyUsageStore, NOTHING_USED, USAGE_MIGRATIONS, type UsageRecord } from '@jiga/usage';

const record = (changes: Partial<UsageRecord>): UsageRecord => ({
  ...NOTHING_USED,
  day: '2026-01-31',
  sessionId: 'sess_a',
  owner: 'ann',
  credentialId: 'key_1',
  provider: 'local',
  model: 'default',
  capability: 'vision',
  ...changes,
});

/** What every store of usage must do alike. */
export function usageStoreContract(name: string, make: MakeTestDatabase): void {
  describe(`Usage store on ${name}`, () => {
    let home: TestDatabase;
    let store: KyselyUsageStore;
    let batches = 0;

    beforeEach(async () => {
      home = await make();
      const database = await home.open();
      await database.migrate(USAGE_MIGRATIONS);
      store = new KyselyUsageStore(database);
    });
    afterEach(() => home.remove());

    const add = (records: readonly UsageRecord[]): Promise<void> => store.add(records, `batch_${++batches}`);

    it('adds to what is there', async () => {
      await add([record({ frames: 2, costUsd: 0.25 }), record({ provider: 'cloud', calls: 1 })]);
      await add([record({ frames: 3, costUsd: 0.5, inputTokens: 7 })]);
      expect(await store.total({})).toEqual({ ...NOTHING_USED, frames: 5, costUsd: 0.75, inputTokens: 7, calls: 1 });
      const byProvider = await store.sums(['provider'], {}, 10);
      expect(byProvider.map(({ keys, amounts }) => [keys, amounts.frames, amounts.calls])).toEqual([
        [['cloud'], 0, 1],
        [['local'], 5, 0],
      ]);
    });

    it('adds once what comes again because the answer to the first time was lost', async () => {
      const batch = [record({ frames: 2 }), record({ provider: 'cloud', calls: 1 })];
      await add([record({ frames: 1 })]);
      await store.add(batch, 'lost');
      await store.add(batch, 'lost');
      expect(await store.total({})).toEqual({ ...NOTHING_USED, frames: 3, calls: 1 });
      await add(batch);
      expect(await store.total({})).toEqual({ ...NOTHING_USED, frames: 5, calls: 2 });
    });

    it('loses nothing of what is added at once', async () => {
      await Promise.all(Array.from({ length: 20 }, () => add([record({ frames: 1 })])));
      expect((await store.total({})).frames).toBe(20);
    });

    it('sums up by more than one group, page by page', async () => {
      const records = ['2026-01-30', '2026-01-31'].flatMap((day) =>
        ['sess_a', 'sess_b'].map((sessionId) => record({ day, sessionId, frames: 1 })),
      );
      await add(records);
      const first = await store.sums(['day', 'session'], {}, 3);
      const rest = await store.sums(['day', 'session'], {}, 3, first.at(-1)?.keys);
      expect([...first, ...rest].map(({ keys }) => keys.join(' '))).toEqual([
        '2026-01-30 sess_a',
        '2026-01-30 sess_b',
        '2026-01-31 sess_a',
        '2026-01-31 sess_b',
      ]);
    });

    it('counts only what is asked for', async () => {
      await add([
        record({ frames: 1 }),
        record({ day: '2026-02-01', frames: 10 }),
        record({ sessionId: 'sess_b', owner: 'bob', frames: 100 }),
      ]);
      expect((await store.total({ owner: 'ann' })).frames).toBe(11);
      expect((await store.total({ sessionId: 'sess_b' })).frames).toBe(100);
      expect((await store.total({ from: '2026-02-01' })).frames).toBe(10);
      expect((await store.total({ to: '2026-01-31' })).frames).toBe(101);
      expect(await store.total({ owner: 'nobody' })).toEqual(NOTHING_USED);
      expect(await store.sums(['day'], { owner: 'nobody' }, 10)).toEqual([]);
    });

    it('lets old days go, the oldest first, a part at a time', async () => {
      for (const day of ['2026-01-01', '2026-01-02', '2026-01-03']) {
        for (const sessionId of ['sess_a', 'sess_b']) await add([record({ day, sessionId, frames: 1 })]);
      }
      expect(await store.removeBefore('2026-01-03', 1)).toBe(1);
      expect(await store.removeBefore('2026-01-03', 9)).toBe(1);
      expect((await store.total({ to: '2026-01-01' })).frames).toBe(0);
      expect(await store.removeBefore('2026-01-03', 9)).toBe(2);
      expect(await store.removeBefore('2026-01-03', 9)).toBe(0);
      expect((await store.total({})).frames).toBe(2);
    });

    it('forgets sessions', async () => {
      await add([record({ frames: 1 }), record({ sessionId: 'sess_b', frames: 2 })]);
      expect(await store.removeSessions(['sess_a', 'sess_missing'])).toBe(1);
      expect((await store.total({})).frames).toBe(2);
    });
  });
}
