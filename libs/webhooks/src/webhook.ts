/** A registered receiver of events. Times are Unix seconds. */
export interface Webhook {
  readonly id: string;
  /** Owner of the credential that made it. */
  readonly owner: string;
  readonly url: string;
  readonly description: string | null;
  /** Types and families (`game.*`) that it wants. */
  readonly eventTypes: readonly string[];
  /** Only events of this session; null = of every session. */
  readonly sessionId: string | null;
  readonly isEnabled: boolean;
  /** Why it is off; null while it is on. `gone`: the receiver answered 410. */
  readonly disabledReason: 'paused' | 'gone' | null;
  /** `whsec_…`; it signs, so it cannot be kept as a hash. */
  readonly secret: string;
  /** The secret before the last rotation, which signs as well until `until`. */
  readonly previousSecret: { readonly secret: string; readonly until: number } | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export const DELIVERY_STATES = ['pending', 'delivered', 'dead'] as const;
/** `dead`: given up; it can be sent again by hand. */
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** What became of an attempt that was not answered with 2xx. */
export const ATTEMPT_ERRORS = [
  'http_status',
  'redirected',
  'timeout',
  'connection_failed',
  'tls_failed',
  'address_refused',
  'host_not_found',
  'stopped',
] as const;
export type AttemptError = (typeof ATTEMPT_ERRORS)[number];

export interface DeliveryAttempt {
  /** When it began, Unix seconds. */
  readonly at: number;
  /** HTTP status; null when none came. */
  readonly status: number | null;
  /** null when the receiver took it. */
  readonly error: AttemptError | null;
  readonly durationMs: number;
}

/** One event on its way to one webhook. Times are Unix seconds. */
export interface Delivery {
  readonly id: string;
  /** Order of events over all webhooks: grows with time. */
  readonly position: number;
  readonly webhookId: string;
  /** Sent as `webhook-id`: the same at every attempt and for every receiver of the event. */
  readonly eventId: string;
  readonly eventType: string;
  readonly sessionId: string | null;
  /** The JSON text that is signed and sent. */
  readonly body: string;
  readonly state: DeliveryState;
  /** Why it is dead: `attempts_exhausted`, `gone`, `test_failed`. */
  readonly reason: string | null;
  /** Attempts since it was last queued; decides the wait before the next. */
  readonly tries: number;
  /** Every attempt, oldest first, at most {@link MAX_ATTEMPTS_KEPT}. */
  readonly attempts: readonly DeliveryAttempt[];
  /** When it is due; null when it is not pending. */
  readonly nextAttemptAt: number | null;
  readonly createdAt: number;
  readonly finishedAt: number | null;
}

export const MAX_ATTEMPTS_KEPT = 50;
