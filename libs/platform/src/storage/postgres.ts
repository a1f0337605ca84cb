import { setTimeout as wait } from 'node:timers/promises';

import { PostgresDialect } from 'kysely';
import type { Dialect, PostgresPool, PostgresPoolClient } from 'kysely';
import { Logger } from '@nestjs/common';
import { Pool, types } from 'pg';
import type { ClientConfig, CustomTypesConfig } from 'pg';

import { ConfigError } from '../config/config.js';
import { refuseUnstorable } from './parameters.js';
import { parserOf } from './postgres.types.js';
import { ServerLock } from './server-lock.js';
import { Sockets } from './sockets.js';

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`; what else libpq takes goes in its query. */
  readonly url: string;
  /** Connections held at most; queries beyond that wait for one. */
  readonly poolMax: number;
}

export interface OpenPostgres {
  readonly dialect: Dialect;
  /** The schema that unqualified names mean; migrations look for their own table in it. */
  readonly schema: string;
  /** Why this server may not use the database any more, for the operator; null = it may. */
  readonly problem: () => string | null;
  /** Closes all connections, whatever the database says: `endPool` first, which is the dialect's driver's. Never takes longer than `graceMs`. */
  readonly close: (endPool: () => Promise<void>, graceMs: number) => Promise<void>;
}

const CONNECT_TIMEOUT_MS = 5_000;
/** No query of this program takes long; one that hangs must not hold a connection for ever. */
const STATEMENT_TIMEOUT_MS = 30_000;
/** The server gives up first, unless nothing comes from it any more: a network that drops all says so to nobody. */
const QUERY_TIMEOUT_MS = STATEMENT_TIMEOUT_MS + 5_000;
/** A transaction whose connection was lost between two statements holds its rows until the database gives up on it. */
const ABANDONED_AFTER_MS = 60_000;
/** A connection that is silent for so long is asked whether it still is one; the system's own is two hours. */
const KEEP_ALIVE_AFTER_MS = 30_000;

/**
 * Connects to PostgreSQL and takes the place of the one server that may use this schema. Throws ConfigError, without
 * the password, when the database does not answer, refuses, or is another server's.
 */
export async function openPostgres({ url, poolMax }: PostgresOptions): Promise<OpenPostgres> {
  const sockets = new Sockets();
  const settings: ClientConfig = {
    stream: sockets.make,
    connectionString: url,
    application_name: 'jiga',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    idle_in_transaction_session_timeout: ABANDONED_AFTER_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
    types: { getTypeParser: typeParser },
  };
  const lock = await connected(url, () => ServerLock.take(settings));
  if (!lock) {
    throw new ConfigError(`Another server uses the database ${nameOf(url)}; give each its own database or schema.`);
  }
  const pool = new Pool({ ...settings, max: poolMax });
  const log = new Logger('Database');
  // A connection that breaks is replaced at the next query; without a listener its error would end the process.
  const onLost = (error: Error): void => log.warn('A database connection was lost', { err: error });
  pool.on('error', onLost);
  return {
    dialect: new PostgresDialect({ pool: checked(pool, onLost) }),
    schema: lock.schema,
    problem: () => lock.problem,
    close: async (endPool, graceMs) => {
      const ended = endInOrder(endPool, lock, sockets);
      const waiting = new AbortController();
      const late = wait(graceMs, 'late', { signal: waiting.signal }).catch(() => 'not late');
      try {
        if ((await Promise.race([ended, late])) === 'late') log.warn('The database did not let go in time');
      } finally {
        waiting.abort();
        sockets.destroy();
      }
    },
  };
}

/** The lock goes last: until then what is under way may still write. */
async function endInOrder(endPool: () => Promise<void>, lock: ServerLock, sockets: Sockets): Promise<void> {
  lock.retakeNoMore();
  await endPool();
  await lock.release();
  // The pool does not wait for them, and one that is left keeps the process from ending.
  await sockets.closed();
}

/** The pool, with a look at every statement's values before they go out. */
const checked = (pool: Pool, onLost: (error: Error) => void): PostgresPool => ({
  connect: async (): Promise<PostgresPoolClient> => {
    const client = await pool.connect();
    // The pool listens to the connections that it holds, and not to one that it has lent.
    client.on('error', onLost);
    /** Set once an answer did not come: the connection still waits for it, and can take no other question. */
    let silence: Error | null = null;
    const release = (): void => {
      client.release(silence !== null);
      client.off('error', onLost);
    };
    const query = async (sql: string, parameters: readonly unknown[]): Promise<unknown> => {
      refuseUnstorable(parameters);
      if (silence) throw silence;
      try {
        return await client.query(sql, [...parameters]);
      } catch (error) {
        if (error instanceof Error && error.message === 'Query read timeout') silence = error;
        throw error;
      }
    };
    // Kysely streams nothing here, so only the form with a text and values is called.
    return { query: query as PostgresPoolClient['query'], release };
  },
  end: () => pool.end(),
});

const typeParser: CustomTypesConfig['getTypeParser'] = (
  oid: Parameters<typeof types.getTypeParser>[0],
  format?: unknown,
) => {
  const otherwise = types.getTypeParser(oid, format as 'text');
  return format === 'binary' ? otherwise : parserOf(oid, otherwise);
};

async function connected<T>(url: string, connect: () => Promise<T>): Promise<T> {
  try {
    return await connect();
  } catch (error) {
    throw new ConfigError(`Cannot use the database ${nameOf(url)} of DATABASE_URL: ${reasonOf(error)}.`, {
      cause: error,
    });
  }
}

/** Where the database is, without user, password or options. */
function nameOf(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}

/** An attempt on several addresses fails with an AggregateError that has no message of its own. */
function reasonOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  if ('errors' in error && Array.isArray(error.errors) && error.errors.length > 0) return reasonOf(error.errors[0]);
  return 'message' in error && typeof error.message === 'string' ? error.message : 'unknown reason';
}
