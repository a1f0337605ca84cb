import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';

import { sqliteTestDatabase, VirtualClock } from '@jiga/testing';
import type { TestDatabase } from '@jiga/testing';

import { KyselyUsageStore } from './storage/kysely-usage.store.js';
import { USAGE_MIGRATIONS } from './storage/usage.migrations.js';
import { UsageMeter } from './usage-meter.js';

const KEY = {
  sessionId: 'sess_a',
  owner: 'ann',
  credentialId: 'key_1',
  provider: 'local',
  model: 'default',
  capability: 'vision',
} as const;

describe('UsageMeter', () => {
  let home: TestDatabase;
  let store: KyselyUsageStore;
  let meter: UsageMeter;

  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(async () => {
    home = await sqliteTestDatabase();
    const database = await home.open();
    await database.migrate(USAGE_MIGRATIONS);
    store = new KyselyUsageStore(database);
    meter = new UsageMeter(store, new VirtualClock());
  });
  afterEach(() => home.remove());

  const count = (frames: number): void => meter.record(KEY, { frames });
  const kept = async (): Promise<number> => (await store.total({})).frames;

  it('counts once what the database had kept when its answer was lost, with all that came since', async () => {
    const add = store.add.bind(store);
    store.add = async (...args) => {
      await add(...args);
      throw new Error('connection lost');
    };
    count(1);
    await meter.flush();
    count(2);
    await meter.flush();
    expect([await kept(), meter.depth]).toEqual([1, 2]);
    store.add = add;
    count(4);
    await meter.flush();
    expect([await kept(), meter.depth]).toEqual([7, 0]);
  });

  it('loses nothing while the database is away', async () => {
    const add = store.add.bind(store);
    store.add = () => Promise.reject(new Error('no database'));
    count(1);
    await meter.flush();
    count(2);
    await meter.flush();
    expect(await kept()).toBe(0);
    store.add = add;
    await meter.close();
    expect([await kept(), meter.depth, meter.lost]).toEqual([3, 0, 0]);
  });
});
