// The thread that owns the embedded database. It imports nothing of ours at run time, so that tests can start it from
// its TypeScript source.
import { DatabaseSync } from 'node:sqlite';
import type { StatementSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

import type { SqliteReply, SqliteRequest, SqliteValue } from './sqlite.messages.js';

/** Prepared statements kept for use again, those used last. */
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
  const statement = statements.get(sql) ?? database.prepare(sql);
  // A Map keeps the order of insertion: put in again, this one is the youngest, and the first is the oldest.
  statements.delete(sql);
  statements.set(sql, statement);
  const [oldest] = statements.keys();
  if (statements.size > MAX_STATEMENTS && oldest !== undefined) statements.delete(oldest);
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
