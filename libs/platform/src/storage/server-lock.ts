import { setTimeout as wait } from 'node:timers/promises';

import { Logger } from '@nestjs/common';
import { Client } from 'pg';
import type { ClientConfig } from 'pg';

/** After a server died, PostgreSQL frees its lock as soon as it sees the connection gone: soon, but not at once. */
const ATTEMPTS = 10;
const PAUSE_MS = 200;
/** Between two attempts to take back a lock whose connection was lost. */
const RETAKE_PAUSE_MS = 1_000;

interface LockRow {
  readonly schema: string | null;
  readonly taken: boolean;
}

/** A connection that holds the lock on its schema. */
interface Held {
  readonly client: Client;
  readonly schema: string;
}

/**
 * The right to be the server on a schema: an advisory lock on a connection of its own, which the database frees by
 * itself when the process dies. Two servers on one schema would end each other's sessions at every start. When its
 * connection is lost, as by a restart of the database, the lock is taken again as soon as it can be.
 */
export class ServerLock {
  readonly #log = new Logger(ServerLock.name);
  readonly #ending = new AbortController();
  readonly schema: string;
  /** null while the lock is not held. */
  #client: Client | null = null;
  #isOthers = false;
  #retaking: Promise<void> | null = null;

  private constructor(
    private readonly settings: ClientConfig,
    held: Held,
  ) {
    this.schema = held.schema;
    this.#hold(held);
  }

  /** null when another server holds it. Rejects when the database cannot be reached or has no schema to use. */
  static async take(settings: ClientConfig): Promise<ServerLock | null> {
    const held = await takeLock(settings, ATTEMPTS);
    return held && new ServerLock(settings, held);
  }

  /** Why this server may not use the schema; null while nobody else does. */
  get problem(): string | null {
    return this.#isOthers ? 'Another server has taken the database while the connection to it was lost.' : null;
  }

  /** It is going to be released: when it is lost before, it stays so. */
  retakeNoMore(): void {
    this.#ending.abort();
  }

  /** Waits for the database. May be called twice. */
  async release(): Promise<void> {
    this.retakeNoMore();
    await this.#retaking;
    await this.#client?.end();
  }

  #hold({ client }: Held): void {
    this.#client = client;
    this.#isOthers = false;
    // A lost connection may say so twice; `end` follows in any case.
    client.once('error', (error) => {
      if (this.#client === client)
        this.#log.warn('The connection that keeps other servers out was lost', { err: error });
    });
    client.once('end', () => this.#onLost(client));
  }

  #onLost(client: Client): void {
    if (this.#client !== client) return;
    this.#client = null;
    if (!this.#ending.signal.aborted) this.#retaking = this.#retake();
  }

  async #retake(): Promise<void> {
    while (!this.#ending.signal.aborted) {
      try {
        const held = await takeLock(this.settings, 1);
        if (held) return this.#hold(held);
        if (!this.#isOthers) this.#log.error('Another server has taken the database');
        this.#isOthers = true;
      } catch (error) {
        this.#log.debug('The database cannot be locked yet', { err: error });
      }
      await wait(RETAKE_PAUSE_MS, null, { signal: this.#ending.signal, ref: false }).catch(() => {});
    }
  }
}

/** null when another server holds the lock. Rejects when the database cannot be reached or has no schema to use. */
async function takeLock(settings: ClientConfig, attempts: number): Promise<Held | null> {
  const client = new Client(settings);
  // Of one that is lost while it is asked, the question fails as well.
  client.on('error', () => {});
  await client.connect();
  try {
    const schema = await tryLock(client, attempts);
    if (schema !== null) return { client, schema };
  } catch (error) {
    await client.end();
    throw error;
  }
  await client.end();
  return null;
}

async function tryLock(client: Client, attempts: number): Promise<string | null> {
  for (let attempt = 1; ; attempt++) {
    const { rows } = await client.query<LockRow>(
      "select current_schema() as schema, pg_try_advisory_lock(hashtext('jiga'), hashtext(current_schema())) as taken",
    );
    const row = rows[0];
    if (!row || row.schema === null) throw new Error('its search_path names no schema that exists');
    if (row.taken) return row.schema;
    if (attempt === attempts) return null;
    await wait(PAUSE_MS);
  }
}
