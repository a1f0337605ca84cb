import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { tempDir } from '@jiga/testing';

import { SqliteThread } from './sqlite-thread.js';

describe('SqliteThread', () => {
  let directory: { readonly path: string; readonly remove: () => Promise<void> };
  let thread: SqliteThread;

  beforeEach(async () => {
    directory = await tempDir();
    thread = await SqliteThread.open(join(directory.path, 'test.sqlite'));
    await thread.run('create table t (a integer, b text, c blob)', []);
  });
  afterEach(async () => {
    await thread.close();
    await directory.remove();
  });

  it('binds and returns values as they are', async () => {
    const inserted = await thread.run('insert into t values (?, ?, ?)', [7, 'ä', new Uint8Array([1, 2])]);
    expect(inserted.changes).toBe(1);
    const { rows } = await thread.run('select * from t', []);
    expect(rows.map((row) => ({ ...row }))).toEqual([{ a: 7, b: 'ä', c: new Uint8Array([1, 2]) }]);
  });

  it('rejects a statement that SQLite refuses, and goes on', async () => {
    await expect(thread.run('select * from nowhere', [])).rejects.toThrow(/no such table/);
    expect((await thread.run('select count(*) as n from t', [])).rows[0]).toMatchObject({ n: 0 });
  });

  it('runs statements in the order of the calls', async () => {
    const counts = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        await thread.run('insert into t (a) values (?)', [i]);
        return (await thread.run('select count(*) as n from t', [])).rows[0]?.['n'];
      }),
    );
    expect(counts.every((n) => n === 20)).toBe(true);
  });

  it('keeps other processes and threads off its file until it is closed', async () => {
    const path = join(directory.path, 'test.sqlite');
    await expect(SqliteThread.open(path)).rejects.toThrow(/locked/);
    await thread.close();
    const second = await SqliteThread.open(path);
    expect((await second.run('select count(*) as n from t', [])).rows[0]).toMatchObject({ n: 0 });
    await second.close();
  });

  it('finishes what was asked before it closes, refuses what comes after, and may be closed twice', async () => {
    const asked = thread.run('insert into t (a) values (1)', []);
    await Promise.all([thread.close(), thread.close()]);
    expect((await asked).changes).toBe(1);
    await expect(thread.run('select 1', [])).rejects.toThrow(/closed/);
  });
});
