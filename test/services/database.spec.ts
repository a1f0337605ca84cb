import { expect, it } from '@jest/globals';

import { Database } from '@jiga/platform';
import { postgresTestDatabase } from '@jiga/testing';

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
