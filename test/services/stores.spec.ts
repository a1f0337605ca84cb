import { expect, it } from '@jest/globals';
import { sql } from 'kysely';

import { SESSION_MIGRATIONS } from '@jiga/sessions';
import { postgresTestDatabase } from '@jiga/testing';

import { KyselySessionStore } from '../../libs/sessions/src/storage/kysely-session.store.js';
import { aRecord } from '../../libs/sessions/src/testing/a-record.js';
import { eventStoreContract } from '../contracts/event-store.contract.js';
import { sessionStoreContract } from '../contracts/session-store.contract.js';
import { postgresUrl } from './postgres-url.js';

const make = postgresTestDatabase(postgresUrl());

sessionStoreContract('PostgreSQL', make);
eventStoreContract('PostgreSQL', make);

it('takes back a session whose insert is still being committed on a connection that was lost', async () => {
  const home = await make();
  try {
    const database = await home.open();
    await database.migrate(SESSION_MIGRATIONS);
    const store = new KyselySessionStore(database);
    const record = aRecord();
    await store.insert(record, [{ at: 100, from: null, to: record.state, reason: record.reason }]);
    const db = database.tables<never>();
    const { taking } = await db.transaction().execute(async (trx) => {
      const id = JSON.stringify({ id: 'late' });
      await sql`insert into sessions select (jsonb_populate_record(s, ${id}::jsonb)).* from sessions s`.execute(trx);
      const taking = store.takeBack({ ...record, id: 'late' });
      const waiting = sql`select 1 from pg_locks where not granted and pid = any(select pid from pg_stat_activity where datname = current_database())`;
      while ((await waiting.execute(trx)).rows.length === 0) await sql`select pg_sleep(0.01)`.execute(trx);
      return { taking };
    });
    await taking;
    expect((await store.list({}, 9)).map(({ id }) => id)).toEqual([record.id]);
  } finally {
    await home.remove();
  }
});
