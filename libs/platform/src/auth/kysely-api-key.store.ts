import { Inject, Injectable } from '@nestjs/common';
import type { Insertable, Kysely } from 'kysely';

import { Database } from '../storage/database.js';
import { inParts } from '../storage/in-parts.js';
import type { ApiKey, ApiKeyRecord } from './api-key.js';
import type { ApiKeyFilter, ApiKeyPosition, ApiKeyStore, SecretChange } from './api-key.store.js';
import type { ApiKeyRow, AuthTables } from './auth.tables.js';
import type { Scope } from './credential.js';

/** API keys in whichever database the server runs on. */
@Injectable()
export class KyselyApiKeyStore implements ApiKeyStore {
  readonly #db: Kysely<AuthTables>;

  constructor(@Inject(Database) database: Database) {
    this.#db = database.tables<AuthTables>();
  }

  async insert(record: ApiKeyRecord): Promise<void> {
    await this.#db.insertInto('api_keys').values(toRow(record)).execute();
  }

  async findByPrefix(prefix: string): Promise<ApiKeyRecord | null> {
    const row = await this.#db.selectFrom('api_keys').selectAll().where('prefix', '=', prefix).executeTakeFirst();
    return row ? toRecord(row) : null;
  }

  async find(id: string): Promise<ApiKeyRecord | null> {
    const row = await this.#db.selectFrom('api_keys').selectAll().where('id', '=', id).executeTakeFirst();
    return row ? toRecord(row) : null;
  }

  async list(filter: ApiKeyFilter, limit: number, after?: ApiKeyPosition): Promise<ApiKey[]> {
    let query = this.#db.selectFrom('api_keys').selectAll();
    if (filter.owner !== undefined) query = query.where('owner', '=', filter.owner);
    if (after) {
      query = query.where((eb) => eb(eb.refTuple('created_at', 'id'), '<', eb.tuple(after.createdAt, after.id)));
    }
    const rows = await query.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit).execute();
    return rows.map(toRecord);
  }

  async replaceSecret(id: string, expectedHash: string, change: SecretChange): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable('api_keys')
      .set({
        hash: change.hash,
        previous_hash: change.previousHash,
        previous_expires_at: change.previousExpiresAt,
        rotated_at: change.rotatedAt,
      })
      .where('id', '=', id)
      .where('hash', '=', expectedHash)
      .where('revoked_at', 'is', null)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  async revoke(id: string, at: number): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable('api_keys')
      .set({ revoked_at: at })
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  async revokedAmong(ids: readonly string[]): Promise<string[]> {
    const rows = await inParts(ids, (part) =>
      this.#db
        .selectFrom('api_keys')
        .select('id')
        .where('id', 'in', part)
        .where('revoked_at', 'is not', null)
        .execute(),
    );
    return rows.map(({ id }) => id);
  }

  async noteUse(uses: ReadonlyMap<string, number>): Promise<void> {
    await this.#db.transaction().execute(async (trx) => {
      for (const [id, at] of uses) {
        await trx
          .updateTable('api_keys')
          .set({ last_used_at: at })
          .where('id', '=', id)
          .where((eb) => eb.or([eb('last_used_at', 'is', null), eb('last_used_at', '<', at)]))
          .execute();
      }
    });
  }
}

function toRow(record: ApiKeyRecord): Insertable<ApiKeyRow> {
  return {
    id: record.id,
    name: record.name,
    prefix: record.prefix,
    hash: record.hash,
    previous_hash: record.previousHash,
    previous_expires_at: record.previousExpiresAt,
    owner: record.owner,
    scopes: JSON.stringify(record.scopes),
    created_at: record.createdAt,
    created_by: record.createdBy,
    expires_at: record.expiresAt,
    last_used_at: record.lastUsedAt,
    rotated_at: record.rotatedAt,
    revoked_at: record.revokedAt,
  };
}

function toRecord(row: ApiKeyRow): ApiKeyRecord {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    hash: row.hash,
    previousHash: row.previous_hash,
    previousExpiresAt: row.previous_expires_at,
    owner: row.owner,
    scopes: JSON.parse(row.scopes) as Scope[],
    createdAt: row.created_at,
    createdBy: row.created_by,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
    rotatedAt: row.rotated_at,
    revokedAt: row.revoked_at,
  };
}
