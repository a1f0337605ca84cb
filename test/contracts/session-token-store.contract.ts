import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { SECURITY_MIGRATIONS } from '@jiga/platform';
import type { SessionTokenRecord } from '@jiga/platform';
import type { MakeTestDatabase, TestDatabase } from '@jiga/testing';

import { KyselySessionTokenStore } from '../../libs/platform/src/auth/kysely-session-token.store.js';

const NOW = 1_700_000_000.5;

const token = (id: string, changes: Partial<SessionTokenRecord> = {}): SessionTokenRecord => ({
  id,
  sessionId: 'sess_1',
  permission: 'configure',
  issuedBy: 'key_1',
  parentId: null,
  createdAt: NOW,
  expiresAt: NOW + 600.25,
  revokedAt: null,
  ...changes,
});

/** What every SessionTokenStore must do. */
export function sessionTokenStoreContract(name: string, make: MakeTestDatabase): void {
  describe(`SessionTokenStore on ${name}`, () => {
    let home: TestDatabase;
    let store: KyselySessionTokenStore;
    beforeEach(async () => {
      home = await make();
      const database = await home.open();
      await database.migrate(SECURITY_MIGRATIONS);
      store = new KyselySessionTokenStore(database);
    });
    afterEach(() => home.remove());

    const ids = async (...args: Parameters<KyselySessionTokenStore['list']>): Promise<string[]> =>
      (await store.list(...args)).map(({ id }) => id);

    it('gives back a token as it was given, and lists those of a session, the newest first', async () => {
      const whole = token('a', { parentId: null, permission: 'admin' });
      for (const each of [whole, token('b'), token('c', { createdAt: NOW + 1 }), token('d', { sessionId: 'sess_2' })]) {
        expect(await store.insert(each)).toBe(true);
      }
      expect([await store.find('a'), await store.find('e')]).toEqual([whole, null]);
      expect(await ids('sess_1', 9)).toEqual(['c', 'b', 'a']);
      expect(await ids('sess_1', 1, { createdAt: NOW, id: 'b' })).toEqual(['a']);
    });

    it('revokes a token with all that came of it, once, and no other', async () => {
      for (const each of [token('a'), token('b', { parentId: 'a' }), token('c', { parentId: 'b' }), token('d')]) {
        await store.insert(each);
      }
      expect(await store.revoke('sess_2', 'a', NOW)).toEqual([]);
      expect(await store.revoke('sess_1', 'b', NOW)).toHaveLength(2);
      expect(await store.revoke('sess_1', 'b', NOW + 1)).toEqual([]);
      expect((await store.revokedAmong(['a', 'b', 'c', 'd', 'nobody'])).sort()).toEqual(['b', 'c']);
      expect(await store.find('c')).toMatchObject({ revokedAt: NOW });
      expect(await store.insert(token('e', { parentId: 'c' }))).toBe(false);
      expect(await store.find('e')).toBeNull();
      expect(await store.revoke('sess_1', 'a', NOW + 2)).toEqual(['a']);
    });

    it('revokes all of a session', async () => {
      for (const each of [token('a'), token('b', { parentId: 'a' }), token('c', { sessionId: 'sess_2' })]) {
        await store.insert(each);
      }
      await store.revoke('sess_1', 'b', NOW);
      expect(await store.revoke('sess_1', null, NOW + 1)).toEqual(['a']);
      expect(await store.revoke('sess_1', null, NOW + 2)).toEqual([]);
      expect((await store.revokedAmong(['a', 'b', 'c'])).sort()).toEqual(['a', 'b']);
    });

    it.each([null, 'a'])('lets nothing through that is issued while %s is revoked', async (revoked) => {
      await store.insert(token('a'));
      const children = Array.from({ length: 20 }, (_, i) => token(`b${i}`, { parentId: 'a' }));
      const [made] = await Promise.all([
        Promise.all(children.map((child) => store.insert(child))),
        store.revoke('sess_1', revoked, NOW),
      ]);
      const kept = children.filter((_, i) => made[i]).map(({ id }) => id);
      expect((await store.revokedAmong(kept)).sort()).toEqual(kept.sort());
    });

    it('forgets what has long expired, and what is of sessions that go', async () => {
      await store.insert(token('a', { expiresAt: NOW }));
      await store.insert(token('b', { expiresAt: NOW + 1 }));
      await store.insert(token('c', { sessionId: 'sess_2' }));
      expect([await store.removeExpired(NOW + 1, 9), await store.find('a')]).toEqual([1, null]);
      expect([await store.forgetSessions(['sess_2', 'sess_3']), await store.forgetSessions([])]).toEqual([1, 0]);
      expect(await ids('sess_1', 9)).toEqual(['b']);
      expect(await ids('sess_2', 9)).toEqual([]);
    });
  });
}
