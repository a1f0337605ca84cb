import type { Clock } from '@jiga/contracts';
import type { ResolveHost, Tracing } from '@jiga/platform';

/** What sending takes from the world around it. */
export interface WebhookSending {
  readonly clock: Clock;
  readonly resolve: ResolveHost;
  readonly tracing: Tracing;
  /** 0–1, for the jitter of retries. */
  readonly random: () => number;
}

/** Injection token of {@link WebhookSending}. */
export const WEBHOOK_SENDING = Symbol.for('jiga:webhook-sending');
