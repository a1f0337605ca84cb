import { setTimeout as wait } from 'node:timers/promises';

import { Logger } from '@nestjs/common';
import { Client } from 'pg';
import type { ClientConfig } from 'pg';

/** After a server died, PostgreSQL frees its lock as soon as it sees the connection gone: soon, but not at once. */
const ATTEMPTS = 10;
const PAUSE_MS = 200;

interface LockRow {
  readonly schema: string | null;
  readonly taken: boolean;
}

/**
 * The right to be the server on a schema: an advisory lock on a connection of its own, which the database frees by
 * itself when the process dies. Two servers on one schema would end each other's sessions at every start.
 */
export class ServerLock {
  #isReleased = false;

  private constructor(
    private readonly client: Client,
    readonly schema: string,
  ) {
    const log = new Logger(ServerLock.name);
    client.on('error', (error) => {
      if (!this.#isReleased) log.warn('The connection that keeps other servers out was lost', { err: error });
    });
  }

  /** null when another server holds it. Rejects when the database cannot be reached or has no schema to use. */
  static async take(settings: ClientConfig): Promise<ServerLock | null> {
    const client = new Client(settings);
    await client.connect();
    try {
      const schema = await tryLock(client);
      if (schema !== null) return new ServerLock(client, schema);
    } catch (error) {
      await client.end();
      throw error;
    }
    await client.end();
    return null;
  }

  async release(): Promise<void> {
    this.#isReleased = true;
    await this.client.end();
  }
}

async function tryLock(client: Client): Promise<string | null> {
  for (let attempt = 1; ; attempt++) {
    const { rows } = await client.query<LockRow>(
      "select current_schema() as schema, pg_try_advisory_lock(hashtext('jiga'), hashtext(current_schema())) as taken",
    );
    const row = rows[0];
    if (!row || row.schema === null) throw new Error('its search_path names no schema that exists');
    if (row.taken) return row.schema;
    if (attempt === ATTEMPTS) return null;
    await wait(PAUSE_MS);
  }
}
