import type { Capability } from '@jiga/contracts';
import type { Metrics } from '@jiga/platform';

/** How a call ended: `ok`, a failure of the provider, or why it was not made. */
export interface CallFigures {
  record(provider: string, capability: Capability, outcome: string, durationMs: number): void;
  skip(provider: string, capability: Capability, reason: string): void;
}

/** Figures of calls to providers. Labels are ids of the server's own tables, never what a client chose. */
export function providerMetrics(metrics: Metrics): CallFigures {
  const durations = metrics.duration('jiga_provider_call_duration_seconds', 'How long calls to providers take.', [
    'provider',
    'capability',
    'outcome',
  ]);
  const skipped = metrics.counter('jiga_provider_calls_skipped_total', 'Calls to providers that were not made.', [
    'provider',
    'capability',
    'reason',
  ]);
  return {
    record: (provider, capability, outcome, durationMs) =>
      durations.record({ provider, capability, outcome }, durationMs),
    skip: (provider, capability, reason) => skipped.add({ provider, capability, reason }),
  };
}
