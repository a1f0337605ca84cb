/** Tables of this lib. JSON is text and flags are 0 or 1, so that SQLite and PostgreSQL hold the same. */
export interface WebhookTables {
  readonly webhooks: WebhookRow;
  readonly webhook_deliveries: DeliveryRow;
}

export interface WebhookRow {
  readonly id: string;
  readonly owner: string;
  readonly url: string;
  readonly description: string | null;
  readonly event_types: string;
  readonly session_id: string | null;
  readonly is_enabled: number;
  readonly disabled_reason: string | null;
  readonly secret: string;
  readonly previous_secret: string | null;
  readonly previous_secret_until: number | null;
  readonly created_at: number;
  readonly updated_at: number;
}

export interface DeliveryRow {
  readonly id: string;
  readonly position: number;
  readonly webhook_id: string;
  readonly event_id: string;
  readonly event_type: string;
  /** Empty for an event of no session, since SQL's null is in no list. */
  readonly session_id: string;
  readonly body: string;
  readonly state: string;
  readonly reason: string | null;
  readonly tries: number;
  readonly attempts: string;
  readonly next_attempt_at: number | null;
  readonly claimed_until: number | null;
  readonly created_at: number;
  readonly finished_at: number | null;
}
