import type { CallResult } from '@jiga/contracts';
import type { Metrics } from '@jiga/platform';

export interface CostFigures {
  /** @param costUsd null = no price is known */
  count(provider: string, result: CallResult, costUsd: number | null): void;
}

/** What calls to providers come to, for Prometheus. Labels are ids of the server's own tables. */
export function costFigures(metrics: Metrics): CostFigures {
  const tokens = metrics.counter('jiga_provider_tokens_total', 'Tokens of calls to providers.', [
    'provider',
    'direction',
  ]);
  const cost = metrics.counter('jiga_provider_cost_usd_total', 'Cost of calls to providers, in US dollars.', [
    'provider',
  ]);
  const unpriced = metrics.counter('jiga_provider_unpriced_calls_total', 'Calls of which no price is known.', [
    'provider',
  ]);
  return {
    count: (provider, { inputTokens, outputTokens }, costUsd) => {
      tokens.add({ provider, direction: 'in' }, inputTokens);
      tokens.add({ provider, direction: 'out' }, outputTokens);
      if (costUsd === null) unpriced.add({ provider });
      else cost.add({ provider }, costUsd);
    },
  };
}
