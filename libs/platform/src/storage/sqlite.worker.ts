// The thread that owns the embedded database. It imports nothing of ours at run time, so that tests can start it from
// its TypeScript source.
import { DatabaseSync } from 'node:sqlite';
import type { StatementSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

import type { SqliteReply, SqliteRequest, SqliteValue } from './sqlite.messages.js';

/** Prepared statements kept for use again; the queries of this program are far fewer. */
const MAX_STATEMENTS = 200;

const port = parentPort;
if (!port) throw new Error('This file runs as a worker thread only');

const database = new DatabaseSync((workerData as { readonly path: string }).path, { timeout: 1000 });
// An exclusive lock: two servers on one file would end each other's sessions. WAL with NORMAL survives the death of
// the process; a power cut may lose the last moments, never the file.
for (const setting of ['locking_mode = EXCLUSIVE', 'journal_mode = WAL', 'synchronous = NORMAL', 'foreign_keys = ON']) {
  database.exec(`PRAGMA ${setting}`);
}
database.exec('BEGIN IMMEDIATE; COMMIT');

const statements = new Map<string, StatementSync>();

function prepare(sql: string): StatementSync {
  const known = statements.get(sql);
  if (known) return known;
  const statement = database.prepare(sql);
  if (statements.size >= MAX_STATEMENTS) statements.clear();
  statements.set(sql, statement);
  return statement;
}

function run(id: number, sql: string, parameters: readonly SqliteValue[]): SqliteReply {
  const statement = prepare(sql);
  if (statement.columns().length > 0) {
    return { id, ok: true, rows: statement.all(...parameters), changes: 0 };
  }
  return { id, ok: true, rows: [], changes: Number(statement.run(...parameters).changes) };
}

function answer(request: SqliteRequest): SqliteReply {
  try {
    if (request.op === 'run') return run(request.id, request.sql, request.parameters);
    database.close();
    return { id: request.id, ok: true, rows: [], changes: 0 };
  } catch (error) {
    const code = error instanceof Error && 'errcode' in error ? String(error.errcode) : null;
    return { id: request.id, ok: false, message: error instanceof Error ? error.message : String(error), code };
  }
}

port.on('message', (request: SqliteRequest) => {
  port.postMessage(answer(request));
  if (request.op === 'close') port.close();
});
port.postMessage('ready');
