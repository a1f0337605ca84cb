import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { SECURITY_MIGRATIONS } from '@jiga/platform';
import type { AuditEntry, Database } from '@jiga/platform';
import type { MakeTestDatabase, TestDatabase } from '@jiga/testing';

import { KyselyAuditStore } from '../../libs/platform/src/audit/kysely-audit.store.js';
import type { ApiKeyRecord } from '../../libs/platform/src/auth/api-key.js';
import { KyselyApiKeyStore } from '../../libs/platform/src/auth/kysely-api-key.store.js';
import type { Claim } from '../../libs/platform/src/idempotency/idempotency.store.js';
import { KyselyIdempotencyStore } from '../../libs/platform/src/idempotency/kysely-idempotency.store.js';

const NOW = 1_700_000_000.5;

const key = (id: string, changes: Partial<ApiKeyRecord> = {}): ApiKeyRecord => ({
  id,
  name: 'Schlüssel “x”',
  prefix: `prefix-${id}`,
  owner: 'studio',
  scopes: ['sessions:read', 'admin'],
  createdAt: NOW,
  createdBy: 'admin',
  expiresAt: null,
  lastUsedAt: null,
  rotatedAt: null,
  previousExpiresAt: null,
  revokedAt: null,
  hash: `hash-${id}`,
  previousHash: null,
  ...changes,
});

const claim = (name: string, changes: Partial<Claim> = {}): Claim => ({
  key: name,
  fingerprint: 'content',
  runner: 'host/1/a',
  now: NOW,
  leaseUntil: NOW + 30,
  expiresAt: NOW + 86_400,
  ...changes,
});

const ANSWER = { status: 201, headers: { location: '/there' }, body: 'sealed', sessionId: 'sess_1' };

const entry = (id: string, at: number, changes: Partial<AuditEntry> = {}): AuditEntry => ({
  id,
  at,
  action: 'session.created',
  actor: 'key_1',
  target: 'sess_1',
  requestId: 'req_1',
  remoteAddress: '2001:db8::1',
  detail: { reason: 'created' },
  ...changes,
});

/** What the stores of keys, of idempotency records and of the audit trail must do. */
export function securityStoresContract(name: string, make: MakeTestDatabase): void {
  let home: TestDatabase;
  let database: Database;
  beforeEach(async () => {
    home = await make();
    database = await home.open();
    await database.migrate(SECURITY_MIGRATIONS);
  });
  afterEach(() => home.remove());

  describe(`ApiKeyStore on ${name}`, () => {
    let store: KyselyApiKeyStore;
    beforeEach(() => {
      store = new KyselyApiKeyStore(database);
    });

    it('finds a key by its id and by its prefix, as it was given', async () => {
      const whole = key('a', { expiresAt: NOW + 1.25, previousHash: 'old', previousExpiresAt: NOW + 2 });
      await store.insert(whole);
      expect([await store.find('a'), await store.findByPrefix('prefix-a')]).toEqual([whole, whole]);
      expect([await store.find('b'), await store.findByPrefix('a')]).toEqual([null, null]);
    });

    it('gives a new secret to one of many rotations at once', async () => {
      await store.insert(key('a'));
      const won = await Promise.all(
        Array.from({ length: 10 }, (_, i) =>
          store.replaceSecret('a', 'hash-a', {
            hash: `new-${i}`,
            previousHash: 'hash-a',
            previousExpiresAt: NOW + 60,
            rotatedAt: NOW,
          }),
        ),
      );
      expect(won.filter(Boolean)).toHaveLength(1);
      expect(await store.find('a')).toMatchObject({ hash: `new-${won.indexOf(true)}`, previousHash: 'hash-a' });
    });

    it('revokes once, and rotates no revoked key', async () => {
      await store.insert(key('a'));
      expect([await store.revoke('a', NOW), await store.revoke('a', NOW + 9)]).toEqual([true, false]);
      expect(await store.find('a')).toMatchObject({ revokedAt: NOW });
      const change = { hash: 'new', previousHash: null, previousExpiresAt: null, rotatedAt: NOW };
      expect(await store.replaceSecret('a', 'hash-a', change)).toBe(false);
    });

    it('moves the last use forward and never back', async () => {
      await store.insert(key('a'));
      await store.insert(key('b', { lastUsedAt: NOW + 5 }));
      await store.noteUse(
        new Map([
          ['a', NOW],
          ['b', NOW],
          ['gone', NOW],
        ]),
      );
      expect(await Promise.all(['a', 'b'].map(async (id) => (await store.find(id))?.lastUsedAt))).toEqual([
        NOW,
        NOW + 5,
      ]);
    });

    it('tells which of many keys are revoked', async () => {
      for (const id of ['a', 'b', 'c']) await store.insert(key(id));
      await store.revoke('a', NOW);
      await store.revoke('c', NOW);
      expect(await store.revokedAmong(['a', 'b', 'nobody'])).toEqual(['a']);
      expect(await store.revokedAmong([])).toEqual([]);
    });

    it('lists newest first, page by page, of one owner or of all', async () => {
      await store.insert(key('a', { createdAt: NOW + 2 }));
      await store.insert(key('b', { createdAt: NOW + 1, owner: 'other' }));
      await store.insert(key('c', { createdAt: NOW + 2 }));
      const ids = async (...args: Parameters<KyselyApiKeyStore['list']>): Promise<string[]> =>
        (await store.list(...args)).map(({ id }) => id);
      expect(await ids({}, 10)).toEqual(['c', 'a', 'b']);
      expect(await ids({}, 10, { createdAt: NOW + 2, id: 'c' })).toEqual(['a', 'b']);
      expect(await ids({ owner: 'studio' }, 1)).toEqual(['c']);
    });
  });

  describe(`IdempotencyStore on ${name}`, () => {
    let store: KyselyIdempotencyStore;
    beforeEach(() => {
      store = new KyselyIdempotencyStore(database);
    });

    it('gives a key to exactly one of many at once', async () => {
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, i) => store.claim(claim('k', { runner: `host/${i}/a` }))),
      );
      expect(results.filter(({ kind }) => kind === 'claimed')).toHaveLength(1);
      expect(results.filter(({ kind }) => kind === 'running')).toHaveLength(19);
    });

    it('gives the answer again once it is there', async () => {
      await store.claim(claim('k'));
      await store.complete('k', 'host/1/a', ANSWER);
      expect(await store.claim(claim('k', { fingerprint: 'another', runner: 'host/2/b' }))).toEqual({
        kind: 'done',
        fingerprint: 'content',
        answer: ANSWER,
      });
    });

    it('takes a released key, an expired answer and a claim that nobody renewed', async () => {
      for (const name of ['released', 'expired', 'left', 'renewed']) await store.claim(claim(name));
      await store.release('released', 'host/1/a');
      await store.complete('expired', 'host/1/a', ANSWER);
      const later = { runner: 'host/2/b', now: NOW + 31, leaseUntil: NOW + 61 };
      const much = { ...later, now: NOW + 86_400 };
      const kindOf = async (name: string, changes: Partial<Claim>): Promise<string> =>
        (await store.claim(claim(name, changes))).kind;
      expect(await kindOf('released', later)).toBe('claimed');
      expect(await kindOf('left', later)).toBe('claimed');
      expect([await kindOf('expired', later), await kindOf('expired', much)]).toEqual(['done', 'claimed']);
      await store.renew('host/1/a', NOW + 90);
      expect(await kindOf('renewed', later)).toBe('running');
    });

    it('lets nobody complete or release what another has taken over', async () => {
      await store.claim(claim('k'));
      await store.claim(claim('k', { runner: 'host/2/b', now: NOW + 31, leaseUntil: NOW + 61 }));
      await store.complete('k', 'host/1/a', ANSWER);
      await store.release('k', 'host/1/a');
      expect((await store.claim(claim('k', { now: NOW + 32 }))).kind).toBe('running');
    });

    it('gives back what the dead held, and nothing that is answered', async () => {
      await store.claim(claim('held'));
      await store.claim(claim('answered'));
      await store.complete('answered', 'host/1/a', ANSWER);
      await store.claim(claim('of-another', { runner: 'host/2/b' }));
      expect((await store.runners()).sort()).toEqual(['host/1/a', 'host/2/b']);
      expect(await store.releaseAllOf(['host/1/a'])).toBe(1);
      expect(
        await Promise.all(['held', 'answered', 'of-another'].map(async (k) => (await store.claim(claim(k))).kind)),
      ).toEqual(['claimed', 'done', 'running']);
    });

    it('forgets what it knows of sessions, and nothing else', async () => {
      for (const name of ['one', 'other', 'none']) await store.claim(claim(name));
      await store.complete('one', 'host/1/a', ANSWER);
      await store.complete('other', 'host/1/a', { ...ANSWER, sessionId: 'sess_2' });
      await store.complete('none', 'host/1/a', { ...ANSWER, sessionId: null });
      expect(await store.forgetSessions(['sess_1', 'sess_3'])).toBe(1);
      expect(await store.forgetSessions([])).toBe(0);
      const kinds = ['one', 'other', 'none'].map(async (name) => (await store.claim(claim(name))).kind);
      expect(await Promise.all(kinds)).toEqual(['claimed', 'done', 'done']);
    });

    it('drops what has expired, and the oldest answers past the limit, but no claim', async () => {
      for (let i = 0; i < 6; i++) {
        await store.claim(claim(`k${i}`, { now: NOW + i, expiresAt: i === 5 ? NOW + 10 : NOW + 86_400 }));
        if (i > 0) await store.complete(`k${i}`, 'host/1/a', ANSWER);
      }
      await store.prune(NOW + 10, 3);
      const kinds = await Promise.all(
        [0, 1, 2, 3, 4].map(async (i) => (await store.claim(claim(`k${i}`, { runner: 'host/2/b' }))).kind),
      );
      expect(kinds).toEqual(['running', 'claimed', 'claimed', 'done', 'done']);
    });
  });

  describe(`AuditStore on ${name}`, () => {
    it('lets old entries go, the oldest first', async () => {
      const store = new KyselyAuditStore(database);
      await store.append([entry('c', NOW + 2), entry('a', NOW), entry('b', NOW + 1)]);
      expect(await store.removeBefore(NOW + 2, 1)).toBe(1);
      expect((await store.list({}, 9)).map(({ id }) => id)).toEqual(['c', 'b']);
      expect(await store.removeBefore(NOW + 2, 9)).toBe(1);
      expect((await store.list({}, 9)).map(({ id }) => id)).toEqual(['c']);
    });

    it('keeps once what is written again because the answer to the first time was lost', async () => {
      const store = new KyselyAuditStore(database);
      await store.append([entry('a', NOW)]);
      await store.append([entry('a', NOW), entry('b', NOW + 1)]);
      expect((await store.list({}, 9)).map(({ id }) => id)).toEqual(['b', 'a']);
    });

    it('lists newest first, page by page, by who, what, to what and when', async () => {
      const store = new KyselyAuditStore(database);
      const first = entry('a', NOW);
      await store.append([first, entry('b', NOW + 1, { actor: null }), entry('c', NOW + 1, { target: null })]);
      await store.append([entry('d', NOW + 2, { action: 'api_key.revoked', detail: {} })]);
      await store.append([]);
      const ids = async (...args: Parameters<KyselyAuditStore['list']>): Promise<string> =>
        (await store.list(...args)).map(({ id }) => id).join('');
      expect(await ids({}, 10)).toBe('dcba');
      expect(await ids({}, 2, { at: NOW + 1, id: 'c' })).toBe('ba');
      expect(await ids({ action: 'api_key.revoked' }, 10)).toBe('d');
      expect(await ids({ actor: 'key_1', target: 'sess_1' }, 10)).toBe('da');
      expect(await ids({ since: NOW + 1, until: NOW + 2 }, 10)).toBe('cb');
      expect(await store.list({ until: NOW + 0.5 }, 10)).toEqual([first]);
    });
  });
}
