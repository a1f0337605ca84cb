/** Tables of this lib. JSON is text and flags are absent, so that SQLite and PostgreSQL hold the same. */
export interface SessionTables {
  readonly sessions: SessionRow;
  readonly session_transitions: SessionTransitionRow;
}

export interface SessionRow {
  readonly id: string;
  readonly owner: string;
  readonly credential_id: string;
  readonly user_id: string;
  readonly team_id: string | null;
  readonly video_input_source: string;
  readonly state: string;
  readonly reason: string;
  readonly created_at: number;
  readonly updated_at: number;
  readonly ended_at: number | null;
  readonly configuration: string;
  readonly failure: string | null;
  readonly metrics: string | null;
  readonly recreated_from: string | null;
}

export interface SessionTransitionRow {
  readonly session_id: string;
  /** Order within the session, from 1. */
  readonly position: number;
  readonly at: number;
  readonly from_state: string | null;
  readonly to_state: string;
  readonly reason: string;
}
