/** Tables of this folder. JSON is text, times are Unix seconds. */
export interface AuditTables {
  readonly audit_entries: AuditRow;
}

export interface AuditRow {
  readonly id: string;
  readonly at: number;
  readonly action: string;
  readonly actor: string | null;
  readonly target: string | null;
  readonly request_id: string | null;
  readonly remote_address: string | null;
  readonly detail: string;
}
