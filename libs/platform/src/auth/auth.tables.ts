/** Tables of this folder. JSON is text, times are Unix seconds, so that SQLite and PostgreSQL hold the same. */
export interface AuthTables {
  readonly api_keys: ApiKeyRow;
}

export interface ApiKeyRow {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly hash: string;
  readonly previous_hash: string | null;
  readonly previous_expires_at: number | null;
  readonly owner: string;
  readonly scopes: string;
  readonly created_at: number;
  readonly created_by: string;
  readonly expires_at: number | null;
  readonly last_used_at: number | null;
  readonly rotated_at: number | null;
  readonly revoked_at: number | null;
}
