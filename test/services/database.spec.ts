import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { Client } from 'pg';

import { Database } from '@jiga/platform';
import { deferred, postgresTestDatabase, turn } from '@jiga/testing';
import type { TestDatabase } from '@jiga/testing';

import { databaseContract } from '../contracts/database.contract.js';
import { postgresUrl } from './postgres-url.js';

databaseContract('PostgreSQL', postgresTestDatabase(postgresUrl()));

it('says that the database does not exist', async () => {
  const url = new URL(postgresUrl());
  url.pathname = '/jiga_test_missing';
  await expect(Database.openPostgres({ url: url.href, poolMax: 2 })).rejects.toThrow(
    /jiga_test_missing of DATABASE_URL: .*does not exist/,
  );
});

it('keeps to the schema that the URL names', async () => {
  const home = await postgresTestDatabase(postgresUrl())();
  const whole = await home.open();
  try {
    await whole.migrate([{ name: '0001_a', up: (db) => db.schema.createTable('a').addColumn('id', 'text').execute() }]);
    await whole.tables().schema.createSchema('other').execute();
    const url = new URL(home.environment['DATABASE_URL'] ?? '');
    url.searchParams.set('options', '-c search_path=other');
    const other = await Database.openPostgres({ url: url.href, poolMax: 2 });
    await other.migrate([{ name: '0001_b', up: (db) => db.schema.createTable('b').addColumn('id', 'text').execute() }]);
    expect(await other.tables<{ b: { id: string } }>().selectFrom('b').selectAll().execute()).toEqual([]);
    await other.close();
  } finally {
    await home.remove();
  }
});

/** Passes connections on to PostgreSQL, until it lets nothing more through on those that there are, and says so to nobody. */
async function silenceableProxy({ hostname, port }: URL) {
  const sockets = new Set<Socket>();
  const proxy = createServer((client) => {
    const server = connect(Number(port || 5432), hostname);
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(from);
      from.on('error', () => {});
      from.on('close', () => to.destroy());
      from.pipe(to);
    }
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (proxy.address() as AddressInfo).port,
    get size() {
      return sockets.size;
    },
    silence: () => sockets.forEach((socket) => socket.unpipe().pause()),
    close: () => {
      proxy.close();
      sockets.forEach((socket) => socket.destroy());
    },
  };
}

it('gives up on an answer that never comes, and goes on over another connection', async () => {
  const home = await postgresTestDatabase(postgresUrl())();
  const url = new URL(home.environment['DATABASE_URL'] ?? '');
  const proxy = await silenceableProxy(url);
  url.host = `127.0.0.1:${proxy.port}`;
  url.searchParams.set('query_timeout', '200');
  let database: Database | null = null;
  try {
    database = await Database.openPostgres({ url: url.href, poolMax: 1 });
    const transaction = database
      .tables()
      .transaction()
      .execute(async (trx) => {
        await sql`select 1`.execute(trx);
        proxy.silence();
        await sql`select 1`.execute(trx);
      });
    await expect(transaction).rejects.toThrow('Query read timeout');
    await expect(database.probe()).resolves.toBeNull();
  } finally {
    proxy.close();
    await database?.close();
    await home.remove();
  }
});

const openSockets = (): number => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;

it('closes in the time it is given when the database says nothing any more', async () => {
  const home = await postgresTestDatabase(postgresUrl())();
  const url = new URL(home.environment['DATABASE_URL'] ?? '');
  const proxy = await silenceableProxy(url);
  url.host = `127.0.0.1:${proxy.port}`;
  try {
    const before = openSockets();
    const database = await Database.openPostgres({ url: url.href, poolMax: 2 });
    await Promise.all([database.probe(), database.probe()]);
    const begun = deferred<void>();
    const transaction = database
      .tables()
      .transaction()
      .execute(async (trx) => {
        await sql`select 1`.execute(trx);
        proxy.silence();
        begun.resolve();
        await sql`select 1`.execute(trx);
      });
    const isCutOff = expect(transaction).rejects.toThrow(/terminat|not queryable/);
    await begun.promise;
    await database.close(100);
    await isCutOff;
    await database.close();
    await turn();
    // Nothing but the proxy's own is left that would keep the process from ending.
    expect(openSockets()).toBeLessThanOrEqual(before + proxy.size);
  } finally {
    proxy.close();
    await home.remove();
  }
});

describe('when PostgreSQL cuts connections', () => {
  const LOCK = "hashtext('jiga'), hashtext(current_schema())";
  let home: TestDatabase;
  let database: Database;
  let other: Client;

  beforeEach(async () => {
    home = await postgresTestDatabase(postgresUrl())();
    database = await home.open();
    other = new Client({ connectionString: home.environment['DATABASE_URL'] });
    await other.connect();
  });
  afterEach(async () => {
    await other.end();
    await home.remove();
  });

  /** Of every connection to the test's database but the one that asks. */
  const cut = (): Promise<unknown> =>
    other.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
  const until = async (isSo: () => Promise<boolean>): Promise<void> => {
    while (!(await isSo())) await other.query('select pg_sleep(0.02)');
  };

  it.each(['between two statements', 'within a statement'])('rejects a transaction %s, and goes on', async (when) => {
    let report = (): void => {};
    const begun = new Promise<void>((resolve) => (report = resolve));
    let goOn = (): void => {};
    const isCut = new Promise<void>((resolve) => (goOn = resolve));
    const transaction = database
      .tables()
      .transaction()
      .execute(async (trx) => {
        await sql`select 1`.execute(trx);
        const sleeping = when === 'within a statement' ? sql`select pg_sleep(20)`.execute(trx) : isCut;
        report();
        await sleeping;
        await sql`select 1`.execute(trx);
      });
    const outcome = expect(transaction).rejects.toThrow(/terminat|not queryable/);
    await begun;
    await cut();
    // Its connection has heard of it by the time a new one is made.
    await until(() =>
      database.probe().then(
        () => true,
        () => false,
      ),
    );
    goOn();
    await outcome;
    await expect(database.probe()).resolves.toBeNull();
  });

  it('keeps other servers out again', async () => {
    await cut();
    await until(async () => {
      const { rows } = await other.query(
        "select 1 from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())",
      );
      return rows.length > 0;
    });
    const url = home.environment['DATABASE_URL'] ?? '';
    await expect(Database.openPostgres({ url, poolMax: 1 })).rejects.toThrow(/Another server uses the database/);
  });

  it('is not ready when another server has taken the database meanwhile, until that is gone', async () => {
    const rival = new Client({ connectionString: home.environment['DATABASE_URL'] });
    await rival.connect();
    const taken = rival.query(`select pg_advisory_lock(${LOCK})`);
    await until(async () => (await other.query('select 1 from pg_locks where not granted')).rows.length > 0);
    await other.query(
      `select pg_terminate_backend(l.pid) from pg_locks l join pg_database d on d.oid = l.database
       where l.locktype = 'advisory' and l.granted and d.datname = current_database()`,
    );
    await taken;
    await until(async () => (await database.probe()) !== null);
    await expect(database.probe()).resolves.toMatch(/Another server/);
    await rival.end();
    await until(async () => (await database.probe()) === null);
  });
});
