/** Tables of this folder. JSON is text, times are Unix seconds, so that SQLite and PostgreSQL hold the same. */
export interface AuthTables {
  readonly api_keys: ApiKeyRow;
  readonly session_tokens: SessionTokenRow;
}

export interface SessionTokenRow {
  readonly id: string;
  readonly session_id: string;
  readonly permission: string;
  readonly issued_by: string;
  readonly parent_id: string | null;
  readonly created_at: number;
  readonly expires_at: number;
  readonly revoked_at: number | null;
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
