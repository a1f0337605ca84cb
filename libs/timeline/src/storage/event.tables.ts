/** Tables of this lib. `data` is JSON as text. */
export interface EventTables {
  readonly session_events: EventTableRow;
}

export interface EventTableRow {
  readonly session_id: string;
  readonly sequence: number;
  readonly event_id: string;
  readonly type: string;
  /** Unix seconds. */
  readonly at: number;
  readonly data: string;
}
