import { randomBytes } from 'node:crypto';

import type { Database } from '@jiga/platform';

import { tempDir } from './temp-dir.js';

/** A database of a test's own, empty at first. */
export interface TestDatabase {
  /** The settings with which a server uses it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Opens it; only one at a time may have it open. */
  open(): Promise<Database>;
  /** Closes what was opened and removes it with all its contents. May be called twice. */
  remove(): Promise<void>;
}

export type MakeTestDatabase = () => Promise<TestDatabase>;

/** An embedded database in a directory of its own. */
export const sqliteTestDatabase: MakeTestDatabase = async () => {
  const { Database } = await import('@jiga/platform');
  const directory = await tempDir();
  return testDatabase(
    { JIGA_DATA_DIR: directory.path },
    () => Database.openEmbedded(directory.path),
    () => directory.remove(),
  );
};

/** A PostgreSQL database of its own on this server; the URL's user must be allowed to make one. */
export function postgresTestDatabase(serverUrl: string): MakeTestDatabase {
  return async () => {
    const { Database } = await import('@jiga/platform');
    const name = `jiga_test_${randomBytes(8).toString('hex')}`;
    await administer(serverUrl, `create database ${name}`);
    const directory = await tempDir();
    const url = new URL(serverUrl);
    url.pathname = `/${name}`;
    return testDatabase(
      { JIGA_DATA_DIR: directory.path, DATABASE_URL: url.href },
      () => Database.openPostgres({ url: url.href, poolMax: 10 }),
      async () => {
        await directory.remove();
        await administer(serverUrl, `drop database if exists ${name} with (force)`);
      },
    );
  };
}

function testDatabase(
  environment: Readonly<Record<string, string>>,
  openDatabase: () => Promise<Database>,
  dispose: () => Promise<void>,
): TestDatabase {
  const opened: Database[] = [];
  return {
    environment,
    async open() {
      const database = await openDatabase();
      opened.push(database);
      return database;
    },
    async remove() {
      await Promise.all(opened.splice(0).map((database) => database.close()));
      await dispose();
    },
  };
}

async function administer(url: string, statement: string): Promise<void> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
