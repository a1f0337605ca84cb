import { hostname } from 'node:os';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';

import { AppError } from '@jiga/contracts';
import { deferred, sqliteTestDatabase, VirtualClock } from '@jiga/testing';
import type { TestDatabase } from '@jiga/testing';

import { ServerSecret } from '../auth/server-secret.js';
import { loadConfig } from '../config/config.js';
import type { Database } from '../storage/database.js';
import { IDEMPOTENCY_MIGRATIONS } from './idempotency.migrations.js';
import { Idempotency, type Answer } from './idempotency.service.js';
import { KyselyIdempotencyStore } from './kysely-idempotency.store.js';

Logger.overrideLogger(false);

const REQUEST = { scope: ['key_1', 'POST', '/sessions'], idempotencyKey: 'one', fingerprint: 'content' };
const ANSWER: Answer = { status: 201, headers: {}, sessionId: null, body: '{"id":1}' };
const CONFIG = loadConfig({ JIGA_IDEMPOTENCY_WAIT_MS: '1000' });
const SECRET = new ServerSecret('the secret of this test, long enough');

describe('Idempotency', () => {
  let home: TestDatabase;
  let database: Database;
  let clock: VirtualClock;
  let servers: Idempotency[];
  beforeEach(async () => {
    home = await sqliteTestDatabase();
    database = await home.open();
    await database.migrate(IDEMPOTENCY_MIGRATIONS);
    clock = new VirtualClock();
    servers = [];
  });
  afterEach(async () => {
    await Promise.all(servers.map((server) => server.close()));
    await home.remove();
  });

  /** One server of those that share the database. */
  const start = (secret = SECRET): Idempotency => {
    const server = new Idempotency(new KyselyIdempotencyStore(database), secret, clock, CONFIG);
    servers.push(server);
    return server;
  };

  /** Lets the database answer and time pass until `promise` settles. */
  async function pass<T>(promise: Promise<T>): Promise<T> {
    const state = { isSettled: false };
    const noted = promise.finally(() => (state.isSettled = true));
    noted.catch(() => {});
    while (!state.isSettled) {
      await database.probe();
      clock.advance(50);
    }
    return noted;
  }

  it('refuses to wait for ever, on the same server and on another', async () => {
    const [one, other] = [start(), start()];
    const work = deferred<Answer>();
    const running = one.once(REQUEST, () => work.promise);
    await database.probe();
    for (const server of [one, other]) {
      const twin = pass(server.once(REQUEST, () => Promise.resolve(ANSWER)));
      await expect(twin).rejects.toMatchObject({ code: 'idempotency_in_progress', retryable: true });
    }
    work.resolve(ANSWER);
    await expect(running).resolves.toEqual({ answer: ANSWER, isReplay: false });
    await expect(other.once(REQUEST, () => Promise.reject(new Error('ran twice')))).resolves.toEqual({
      answer: ANSWER,
      isReplay: true,
    });
  });

  it('waits for a twin on another server and gives its answer', async () => {
    const work = deferred<Answer>();
    const running = start().once(REQUEST, () => work.promise);
    await database.probe();
    const twin = start().once(REQUEST, () => Promise.reject(new Error('ran twice')));
    await database.probe();
    work.resolve(ANSWER);
    await running;
    await expect(pass(twin)).resolves.toEqual({ answer: ANSWER, isReplay: true });
  });

  it.each([
    ['throws', () => Promise.reject(new AppError('internal'))],
    ['answers 500', () => Promise.resolve({ ...ANSWER, status: 500 })],
    ['answers 409', () => Promise.resolve({ ...ANSWER, status: 409 })],
  ])('keeps nothing of a run that %s', async (_name, fail: () => Promise<Answer>) => {
    const server = start();
    await server.once(REQUEST, fail).catch(() => {});
    await expect(server.once(REQUEST, () => Promise.resolve(ANSWER))).resolves.toEqual({
      answer: ANSWER,
      isReplay: false,
    });
  });

  it('keeps its claim for as long as it works', async () => {
    const work = deferred<Answer>();
    const running = start().once(REQUEST, () => work.promise);
    for (let i = 0; i < 12; i++) {
      await database.probe();
      clock.advance(10_000);
    }
    const twin = pass(start().once(REQUEST, () => Promise.reject(new Error('ran twice'))));
    await expect(twin).rejects.toMatchObject({ code: 'idempotency_in_progress' });
    work.resolve(ANSWER);
    await running;
  });

  it('releases at the start what a killed server of this host held, and waits out the lease of other hosts', async () => {
    const store = new KyselyIdempotencyStore(database);
    const now = clock.nowMs() / 1000;
    const runners = { here: `${hostname()}/${process.pid}/gone`, there: 'another-host/1/abc' };
    for (const [idempotencyKey, runner] of Object.entries(runners)) {
      const { key } = await keyOf({ ...REQUEST, idempotencyKey });
      await store.claim({ key, fingerprint: 'content', runner, now, leaseUntil: now + 30, expiresAt: now + 86_400 });
    }
    const server = start();
    await server.releaseDead();
    const run = (idempotencyKey: string) =>
      pass(server.once({ ...REQUEST, idempotencyKey }, () => Promise.resolve(ANSWER)));
    await expect(run('here')).resolves.toMatchObject({ isReplay: false });
    await expect(run('there')).rejects.toMatchObject({ code: 'idempotency_in_progress' });
    clock.advance(30_000);
    await expect(run('there')).resolves.toMatchObject({ isReplay: false });
  });

  /** Under which key the store has a request: as a server of its own database writes it. */
  async function keyOf(request: typeof REQUEST): Promise<{ key: string }> {
    const aside = await sqliteTestDatabase();
    const other = await aside.open();
    await other.migrate(IDEMPOTENCY_MIGRATIONS);
    const server = new Idempotency(new KyselyIdempotencyStore(other), SECRET, clock, CONFIG);
    await server.once(request, () => Promise.resolve(ANSWER));
    await server.close();
    const row = await other
      .tables<{ idempotency_records: { key: string } }>()
      .selectFrom('idempotency_records')
      .select('key')
      .executeTakeFirstOrThrow();
    await aside.remove();
    return row;
  }

  it('says so when the answer can no longer be read, and does not run again', async () => {
    await start().once(REQUEST, () => Promise.resolve(ANSWER));
    const changed = start(new ServerSecret('another secret, after the first was lost'));
    await expect(changed.once(REQUEST, () => Promise.reject(new Error('ran twice')))).rejects.toMatchObject({
      code: 'idempotency_key_reused',
    });
  });

  it('holds no timer once closed, and may be closed twice', async () => {
    const server = start();
    await server.close();
    await server.close();
    expect(clock.pending).toBe(0);
  });
});
