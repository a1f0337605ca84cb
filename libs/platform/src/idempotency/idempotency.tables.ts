/** Tables of this folder. Times are Unix seconds; an answer is there or not, as a whole. */
export interface IdempotencyTables {
  readonly idempotency_records: IdempotencyRow;
}

export interface IdempotencyRow {
  readonly key: string;
  readonly fingerprint: string;
  /** Who executes; null once the answer is there. */
  readonly runner: string | null;
  readonly lease_until: number;
  readonly created_at: number;
  readonly expires_at: number;
  readonly status: number | null;
  readonly headers: string | null;
  readonly body: string | null;
  readonly session_id: string | null;
}
