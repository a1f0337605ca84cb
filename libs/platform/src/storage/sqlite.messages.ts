/** A value as SQLite binds and returns it. */
export type SqliteValue = null | number | bigint | string | Uint8Array;

export type SqliteRequest =
  | { readonly id: number; readonly op: 'run'; readonly sql: string; readonly parameters: readonly SqliteValue[] }
  | { readonly id: number; readonly op: 'close' };

export type SqliteReply =
  | { readonly id: number; readonly ok: true; readonly rows: Record<string, SqliteValue>[]; readonly changes: number }
  | { readonly id: number; readonly ok: false; readonly message: string; readonly code: string | null };
