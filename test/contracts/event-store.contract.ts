import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import type { MakeTestDatabase, TestDatabase } from '@jiga/testing';
import { TIMELINE_MIGRATIONS } from '@jiga/timeline';

import type { EventRow, EventStore } from '../../libs/timeline/src/event.store.js';
import { KyselyEventStore } from '../../libs/timeline/src/storage/kysely-event.store.js';

const row = (session: string, sequence: number, type = 'callout', at = sequence, data: object = {}): EventRow => ({
  entry: {
    sequence,
    event: { event_id: `evt_${session}_${sequence}`, type, timestamp: at, session_id: session, data },
  },
  json: JSON.stringify(data),
});
const rows = (session: string, count: number): EventRow[] =>
  Array.from({ length: count }, (_, index) => row(session, index + 1));
const ALL = { after: 0, limit: 1000, types: null, since: null };

/** What every EventStore must do. */
export function eventStoreContract(name: string, make: MakeTestDatabase): void {
  describe(`EventStore on ${name}`, () => {
    let home: TestDatabase;
    let store: EventStore;

    beforeEach(async () => {
      home = await make();
      const database = await home.open();
      await database.migrate(TIMELINE_MIGRATIONS);
      store = new KyselyEventStore(database);
    });
    afterEach(() => home.remove());

    const sequences = async (session: string, query = {}): Promise<number[]> =>
      (await store.read(session, { ...ALL, ...query })).map(({ sequence }) => sequence);

    it('gives back what it was given', async () => {
      const data = { text: 'größer\u0000 \ud83d\ude00', nested: { a: [1.5, null, true] } };
      await store.append([row('a', 1, 'team_message', 1_700_000_000.123_456, data)]);
      expect(await store.read('a', ALL)).toEqual([
        {
          sequence: 1,
          event: {
            event_id: 'evt_a_1',
            type: 'team_message',
            timestamp: 1_700_000_000.123_456,
            session_id: 'a',
            data,
          },
        },
      ]);
    });

    it('reads page by page, each session by itself', async () => {
      await store.append([...rows('a', 300), ...rows('b', 3)]);
      expect(await sequences('a', { limit: 3 })).toEqual([1, 2, 3]);
      expect(await sequences('a', { after: 297 })).toEqual([298, 299, 300]);
      expect(await sequences('b')).toEqual([1, 2, 3]);
      expect(await sequences('c')).toEqual([]);
    });

    it('reads only the wanted types and times', async () => {
      await store.append([
        row('a', 1, 'game.kill', 10),
        row('a', 2, 'callout', 20),
        row('a', 3, 'game.score_changed', 30),
        row('a', 4, 'analysis', 40),
      ]);
      expect(await sequences('a', { types: ['game.*'] })).toEqual([1, 3]);
      expect(await sequences('a', { types: ['game.kill', 'analysis'] })).toEqual([1, 4]);
      expect(await sequences('a', { types: ['game.*', 'callout'], since: 20 })).toEqual([2, 3]);
      expect(await sequences('a', { since: 40 })).toEqual([4]);
    });

    it('leaves what it has as it is when given again', async () => {
      await store.append([row('a', 1, 'callout', 1, { first: true })]);
      await store.append([row('a', 1, 'callout', 1, { first: false }), row('a', 2)]);
      expect((await store.read('a', ALL)).map(({ event }) => event.data)).toEqual([{ first: true }, {}]);
    });

    it('keeps all of a batch or none', async () => {
      const unwritable = { ...row('a', 300), json: null as unknown as string };
      await expect(store.append([...rows('a', 200), unwritable])).rejects.toThrow();
      expect(await sequences('a')).toEqual([]);
    });

    it('knows where an event stands, in its session alone, and the newest one', async () => {
      await store.append([...rows('a', 3), ...rows('b', 1)]);
      expect(await store.sequenceOf('a', 'evt_a_2')).toBe(2);
      expect(await store.sequenceOf('b', 'evt_a_2')).toBeNull();
      expect(await store.lastSequence('a')).toBe(3);
      expect(await store.lastSequence('c')).toBe(0);
    });

    it('removes what has expired, a bounded number at a time', async () => {
      await store.append([row('a', 1, 'analysis', 10), row('a', 2, 'callout', 10), row('a', 3, 'analysis', 11)]);
      await store.append([row('b', 1, 'analysis', 12), row('b', 2, 'analysis', 20)]);
      expect(await store.removeExpired({ before: 15, type: 'analysis', limit: 2 })).toBe(2);
      expect(await store.removeExpired({ before: 15, type: 'analysis', limit: 2 })).toBe(1);
      expect(await store.removeExpired({ before: 15, type: 'analysis', limit: 2 })).toBe(0);
      expect([await sequences('a'), await sequences('b')]).toEqual([[2], [2]]);
      expect(await store.removeExpired({ before: 20, type: null, limit: 9 })).toBe(1);
    });

    it('removes sessions', async () => {
      await store.append([...rows('a', 3), ...rows('b', 2), ...rows('c', 1)]);
      expect(await store.removeSessions(['a', 'c', 'd'])).toBe(4);
      expect(await store.removeSessions([])).toBe(0);
      expect([await sequences('a'), await sequences('b')]).toEqual([[], [1, 2]]);
    });
  });
}
