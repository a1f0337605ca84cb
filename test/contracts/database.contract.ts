import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { Kysely } from 'kysely';

import { bytesType } from '@jiga/platform';
import type { Database, NamedMigration } from '@jiga/platform';
import type { MakeTestDatabase, TestDatabase } from '@jiga/testing';

interface Tables {
  readonly things: {
    readonly id: string;
    readonly count: number;
    readonly weight: number | null;
    readonly body: string;
    readonly bytes: Uint8Array | null;
  };
}

const THINGS: NamedMigration = {
  name: '0001_things',
  async up(db: Kysely<never>) {
    await db.schema
      .createTable('things')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('count', 'bigint', (column) => column.notNull())
      .addColumn('weight', 'double precision')
      .addColumn('body', 'text', (column) => column.notNull())
      .addColumn('bytes', bytesType(db))
      .execute();
  },
};
const thing = { id: 'a', count: 1, weight: null, body: '{}', bytes: null };

/** What every database that the server runs on must do alike. */
export function databaseContract(name: string, make: MakeTestDatabase): void {
  describe(`Database on ${name}`, () => {
    let home: TestDatabase;
    let database: Database;

    beforeEach(async () => {
      home = await make();
      database = await home.open();
    });
    afterEach(() => home.remove());

    const things = (): Kysely<Tables> => database.tables<Tables>();
    const all = () => things().selectFrom('things').selectAll().orderBy('id').execute();

    it('reads every sort of value as it was written', async () => {
      await database.migrate([THINGS]);
      const row = {
        id: 'ключ “1”',
        count: Number.MAX_SAFE_INTEGER,
        weight: 1_700_000_000.123_456_7,
        body: '{"a":[1,null,"ü\\u0000"]}',
        bytes: Uint8Array.of(0, 1, 255),
      };
      await things().insertInto('things').values(row).execute();
      const [read] = await all();
      expect({ ...read, bytes: [...(read?.bytes ?? [])] }).toEqual({ ...row, bytes: [0, 1, 255] });
      expect(typeof read?.body).toBe('string');
    });

    it('refuses text that one of the databases cannot hold, and works on', async () => {
      await database.migrate([THINGS]);
      const insert = things()
        .insertInto('things')
        .values({ ...thing, body: 'a\u0000b' })
        .execute();
      await expect(insert).rejects.toMatchObject({ code: 'validation_failed' });
      expect(await all()).toEqual([]);
    });

    it('counts and sums in numbers', async () => {
      await database.migrate([THINGS]);
      await things()
        .insertInto('things')
        .values([thing, { ...thing, id: 'b', count: 2 }])
        .execute();
      const { rows } = await sql`select count(*) as n, sum(count) as total, max(count) as most from things`.execute(
        things(),
      );
      expect(rows).toEqual([{ n: 2, total: 3, most: 2 }]);
    });

    it('tells how many rows a statement changed', async () => {
      await database.migrate([THINGS]);
      const insert = () =>
        things()
          .insertInto('things')
          .values(thing)
          .onConflict((on) => on.doNothing())
          .executeTakeFirstOrThrow();
      expect((await insert()).numInsertedOrUpdatedRows).toBe(1n);
      expect((await insert()).numInsertedOrUpdatedRows).toBe(0n);
      expect((await things().deleteFrom('things').executeTakeFirstOrThrow()).numDeletedRows).toBe(1n);
    });

    it('keeps nothing of a transaction that fails, and works on', async () => {
      await database.migrate([THINGS]);
      const failing = things()
        .transaction()
        .execute(async (trx) => {
          await trx.insertInto('things').values(thing).execute();
          await trx.insertInto('things').values(thing).execute();
        });
      await expect(failing).rejects.toThrow();
      expect(await all()).toEqual([]);
    });

    it('keeps parallel transactions apart', async () => {
      await database.migrate([THINGS]);
      await things()
        .insertInto('things')
        .values({ ...thing, count: 0 })
        .execute();
      const increments = Array.from({ length: 20 }, () =>
        things()
          .transaction()
          .execute((trx) =>
            trx
              .updateTable('things')
              .set(({ eb }) => ({ count: eb('count', '+', 1) }))
              .execute(),
          ),
      );
      await Promise.all(increments);
      expect((await all())[0]?.count).toBe(20);
    });

    it('leaves the schema as it was when a step fails', async () => {
      const broken: NamedMigration = {
        name: '0002_broken',
        async up(db: Kysely<never>) {
          await db.schema.createTable('half').addColumn('id', 'text').execute();
          await sql`insert into nowhere values (1)`.execute(db);
        },
      };
      await expect(database.migrate([THINGS, broken])).rejects.toThrow('Could not bring the database up to date');
      await database.migrate([THINGS]);
      await expect(sql`select * from half`.execute(things())).rejects.toThrow();
    });

    it('takes a new step that sorts before one that has run, and runs each once', async () => {
      const before: NamedMigration = {
        name: '0000_before',
        async up(db: Kysely<never>) {
          await db.schema.createTable('before').addColumn('id', 'text').execute();
        },
      };
      await database.migrate([THINGS]);
      await database.migrate([before, THINGS]);
      await database.migrate([before, THINGS]);
      expect((await sql`select * from before`.execute(things())).rows).toEqual([]);
    });

    it('holds what was written after it was closed and opened again', async () => {
      await database.migrate([THINGS]);
      await things().insertInto('things').values(thing).execute();
      await Promise.all([database.close(), database.close()]);
      database = await home.open();
      await database.migrate([THINGS]);
      expect(await all()).toHaveLength(1);
      expect(await database.probe()).toBeNull();
    });

    it('lets in one server at a time, and says so', async () => {
      await expect(home.open()).rejects.toThrow(/[Aa]nother server uses/);
      expect(await database.probe()).toBeNull();
    }, 15_000);
  });
}
