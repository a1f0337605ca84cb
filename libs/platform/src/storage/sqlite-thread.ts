import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

import type { SqliteReply, SqliteRequest, SqliteValue } from './sqlite.messages.js';

export interface SqliteResult {
  readonly rows: Record<string, SqliteValue>[];
  readonly changes: number;
}

/** A statement that the database refused. `code` is SQLite's extended result code. */
export class SqliteError extends Error {
  override readonly name = 'SqliteError';

  constructor(
    message: string,
    readonly code: string | null,
  ) {
    super(message);
  }
}

interface Waiting {
  readonly resolve: (result: SqliteResult) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A SQLite file in a thread of its own: `node:sqlite` is synchronous, and a slow disk must never hold up a frame.
 * Statements run one after the other in the order of the calls. The thread keeps the process alive only while it has
 * something to answer.
 */
export class SqliteThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #failure: Error | null = null;
  #closing: Promise<void> | null = null;

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.on('message', (reply: SqliteReply) => this.#settle(reply));
    worker.on('error', (error) => this.#fail(error));
    worker.on('exit', () => this.#fail(new Error('The database thread has ended')));
    worker.unref();
  }

  /** Opens the file, making it when it is missing. Rejects with an error that tells when another server holds it. */
  static async open(path: string): Promise<SqliteThread> {
    // Run from source (tests), the thread runs from source too.
    const file = import.meta.url.endsWith('.ts') ? './sqlite.worker.ts' : './sqlite.worker.js';
    const worker = new Worker(new URL(file, import.meta.url), {
      workerData: { path },
      execArgv: ['--disable-warning=ExperimentalWarning'],
    });
    // The thread speaks once when the file is open; an error before that rejects.
    await once(worker, 'message');
    return new SqliteThread(worker);
  }

  run(sql: string, parameters: readonly SqliteValue[]): Promise<SqliteResult> {
    return this.#closing
      ? Promise.reject(new Error('The database is closed'))
      : this.#ask({ op: 'run', sql, parameters });
  }

  /** Waits for what was asked before, then closes the file. May be called twice. */
  close(): Promise<void> {
    this.#closing ??= this.#ask({ op: 'close' }).then(
      async () => void (await this.#worker.terminate()),
      async () => void (await this.#worker.terminate()),
    );
    return this.#closing;
  }

  #ask(
    request: { op: 'run'; sql: string; parameters: readonly SqliteValue[] } | { op: 'close' },
  ): Promise<SqliteResult> {
    if (this.#failure) return Promise.reject(this.#failure);
    const id = this.#nextId++;
    const message: SqliteRequest = { ...request, id };
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.ref();
      this.#worker.postMessage(message);
    });
  }

  #settle(reply: SqliteReply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (this.#waiting.size === 0) this.#worker.unref();
    if (reply.ok) waiting?.resolve({ rows: reply.rows, changes: reply.changes });
    else waiting?.reject(new SqliteError(reply.message, reply.code));
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
