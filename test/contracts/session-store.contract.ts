import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { SessionState, VideoInputSource } from '@jiga/contracts';
import { SESSION_MIGRATIONS } from '@jiga/sessions';
import type { SessionRecord, SessionStore, SessionTransition } from '@jiga/sessions';
import { VirtualClock } from '@jiga/testing';
import type { MakeTestDatabase, TestDatabase } from '@jiga/testing';

import { effectiveConfiguration } from '../../libs/sessions/src/effective-configuration.js';
import { SessionMetrics } from '../../libs/sessions/src/metrics/session-metrics.js';
import { KyselySessionStore } from '../../libs/sessions/src/storage/kysely-session.store.js';

const { ACTIVE, CLOSED, CLOSING, CREATED, ERROR, RECONNECTING } = SessionState;
const CREATION: SessionTransition = { at: 100, from: null, to: CREATED, reason: 'created' };

/** A session made at `at`, for a player, with what differs from an active one. */
function session(
  id: string,
  at = 100,
  more: Partial<SessionRecord> = {},
  userId = 'ann',
  teamId?: string,
): SessionRecord {
  return {
    id,
    owner: 'studio',
    credentialId: 'key_1',
    configuration: effectiveConfiguration({ user_id: userId, ...(teamId !== undefined && { team_id: teamId }) }),
    state: ACTIVE,
    reason: 'endpoints_ready',
    createdAt: at,
    updatedAt: at,
    endedAt: null,
    failure: null,
    metrics: null,
    recreatedFrom: null,
    ...more,
  };
}

/** What every SessionStore must do. */
export function sessionStoreContract(name: string, make: MakeTestDatabase): void {
  describe(`SessionStore on ${name}`, () => {
    let home: TestDatabase;
    let store: SessionStore;

    beforeEach(async () => {
      home = await make();
      const database = await home.open();
      await database.migrate(SESSION_MIGRATIONS);
      store = new KyselySessionStore(database);
    });
    afterEach(() => home.remove());

    const ids = async (...args: Parameters<SessionStore['list']>): Promise<string[]> =>
      (await store.list(...args)).map(({ id }) => id);

    it('gives back a session as it was given', async () => {
      const failure = { reason: 'source_lost', message: 'Der Kanal “x” ist weg', attempts: 3, failedAt: 123.456_789 };
      const ended = session('a', 100.000_001, { state: ERROR, failure, endedAt: 200.5, recreatedFrom: 'z' });
      await store.insert(session('a', 100.000_001), [CREATION]);
      await store.update(ended, [{ at: 200.5, from: ACTIVE, to: ERROR, reason: 'source_lost' }], 1);
      expect(await store.find('a')).toEqual(ended);
      expect(await store.find('b')).toBeNull();
      expect(await store.transitionsOf('a')).toEqual([
        CREATION,
        { at: 200.5, from: ACTIVE, to: ERROR, reason: 'source_lost' },
      ]);
    });

    it('keeps a session and its transitions together or not at all', async () => {
      await store.insert(session('a'), [CREATION]);
      const unwritable = { ...CREATION, reason: null as unknown as string };
      await expect(store.insert(session('b'), [unwritable])).rejects.toThrow();
      await expect(store.update(session('a', 100, { state: CLOSED }), [unwritable], 1)).rejects.toThrow();
      expect(await store.find('b')).toBeNull();
      expect((await store.find('a'))?.state).toBe(ACTIVE);
    });

    it('refuses an id twice', async () => {
      await store.insert(session('a'), [CREATION]);
      await expect(store.insert(session('a'), [CREATION])).rejects.toThrow();
    });

    it('takes back what was put in, and what was not', async () => {
      await store.insert(session('a'), [CREATION]);
      await store.insert(session('b'), [CREATION]);
      await store.takeBack(session('a'));
      await store.takeBack(session('c'));
      expect(await ids({}, 9)).toEqual(['b']);
      expect(await store.transitionsOf('a')).toEqual([]);
    });

    it('lists the newest first, page by page, also those of one moment', async () => {
      for (const id of ['a', 'b', 'c']) await store.insert(session(id, 50), [CREATION]);
      await store.insert(session('d', 60), [CREATION]);
      expect(await ids({}, 2)).toEqual(['d', 'c']);
      expect(await ids({}, 2, { createdAt: 50, id: 'c' })).toEqual(['b', 'a']);
      expect(await ids({}, 2, { createdAt: 50, id: 'a' })).toEqual([]);
    });

    it('lists by each filter', async () => {
      await store.insert(session('a', 1, { owner: 'other' }), [CREATION]);
      await store.insert(session('b', 2, { state: CLOSED, endedAt: 3 }), [CREATION]);
      await store.insert(session('c', 3, {}, 'bob'), [CREATION]);
      await store.insert(session('d', 4, {}, 'ann', 'red'), [CREATION]);
      expect(await ids({ owner: 'other' }, 9)).toEqual(['a']);
      expect(await ids({ state: CLOSED }, 9)).toEqual(['b']);
      expect(await ids({ userId: 'bob' }, 9)).toEqual(['c']);
      expect(await ids({ teamId: 'red' }, 9)).toEqual(['d']);
      expect(await ids({ videoInputSource: VideoInputSource.TWITCH }, 9)).toEqual([]);
      expect(await ids({ owner: 'studio', userId: 'ann' }, 9)).toEqual(['d', 'b']);
    });

    it('ends what a death of the server left open, and nothing else', async () => {
      await store.insert(session('a'), [CREATION]);
      await store.insert(session('b', 101, { state: CLOSING }), [CREATION]);
      await store.insert(session('c', 102, { state: CLOSED, endedAt: 103 }), [CREATION]);
      expect((await store.endInterrupted(200, 'server_restarted')).map(({ id }) => id).sort()).toEqual(['a', 'b']);
      expect(await store.find('a')).toMatchObject({ state: CLOSED, reason: 'server_restarted', endedAt: 200 });
      expect(await store.find('c')).toMatchObject({ endedAt: 103 });
      expect((await store.transitionsOf('a')).at(-1)).toEqual({
        at: 200,
        from: ACTIVE,
        to: CLOSED,
        reason: 'server_restarted',
      });
      expect(await store.endInterrupted(300, 'server_restarted')).toEqual([]);
    });

    it('keeps figures of what lives, and what was kept last when the server died', async () => {
      const clock = new VirtualClock();
      const metrics = new SessionMetrics(clock);
      await store.insert(session('a'), [CREATION]);
      await store.insert(session('b', 101, { state: CLOSED, endedAt: 102, metrics: metrics.snapshot() }), [CREATION]);
      metrics.socketOpened();
      metrics.frameReceived(7);
      const snapshot = metrics.snapshot();
      await store.keepMetrics(new Map(['a', 'b', 'nobody'].map((id) => [id, snapshot])));
      expect((await store.find('a'))?.metrics).toEqual(snapshot);
      expect((await store.find('b'))?.metrics?.frames.received).toBe(0);
      await store.endInterrupted(200, 'server_restarted');
      expect((await store.find('a'))?.metrics).toEqual({ ...snapshot, sockets: { open: 0, total: 1 } });
    });

    it('finds those long ended and those of a player, and removes them whole', async () => {
      await store.insert(session('a', 1, { state: CLOSED, endedAt: 20 }), [CREATION]);
      await store.insert(session('b', 2, { state: CLOSED, endedAt: 10 }, 'bob'), [CREATION]);
      await store.insert(session('c', 3, {}, 'bob'), [CREATION]);
      await store.insert(session('d', 4, { owner: 'other' }, 'bob'), [CREATION]);
      expect(await store.endedBefore(21, 9)).toEqual(['b', 'a']);
      expect(await store.endedBefore(21, 1)).toEqual(['b']);
      expect((await store.idsOfUser('bob', 'studio', 9)).sort()).toEqual(['b', 'c']);
      expect((await store.idsOfUser('bob', null, 9)).sort()).toEqual(['b', 'c', 'd']);
      expect(await store.idsOfUser('bob', null, 1)).toHaveLength(1);
      expect(await store.remove(['b', 'c', 'nobody'])).toBe(2);
      expect(await store.remove([])).toBe(0);
      expect(await ids({}, 9)).toEqual(['d', 'a']);
      expect(await store.transitionsOf('b')).toEqual([]);
    });

    it('keeps once what is written again because the answer to the first time was lost', async () => {
      const lost = { at: 101, from: ACTIVE, to: RECONNECTING, reason: 'source_lost' };
      const back = { at: 102, from: RECONNECTING, to: ACTIVE, reason: 'source_back' };
      await store.insert(session('a'), [CREATION]);
      await store.update(session('a', 100, { state: RECONNECTING }), [lost], 1);
      await store.update(session('a'), [lost, back], 1);
      expect(await store.transitionsOf('a')).toEqual([CREATION, lost, back]);
      expect(await store.find('a')).toEqual(session('a'));
    });

    it('survives many writers on one session', async () => {
      await store.insert(session('a'), [CREATION]);
      const change = (at: number): SessionTransition => ({ at, from: ACTIVE, to: ACTIVE, reason: 'again' });
      await Promise.all(Array.from({ length: 20 }, (_, at) => store.update(session('a'), [change(at)], at + 1)));
      expect(await store.transitionsOf('a')).toHaveLength(21);
    });
  });
}
