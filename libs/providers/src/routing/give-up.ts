import { AppError } from '@jiga/contracts';
import type { CallRefusal, Capability } from '@jiga/contracts';

import type { ProviderError, ProviderFailure } from '../provider-error.js';
import type { ChainEntry } from '../provider.registry.js';

/** Why an entry of the chain did not serve: it failed, or was not asked. */
export interface Miss {
  readonly entry: ChainEntry;
  readonly reason: ProviderFailure | CallRefusal | 'off' | 'open';
  /** Null when it was not asked. */
  readonly error: ProviderError | null;
}

const REASONS: Readonly<Record<Exclude<Miss['reason'], ProviderFailure>, string>> = {
  off: 'it is off',
  open: 'it failed before and is left alone for a while',
  degraded: "the session's budget is nearly spent",
  busy: "calls under way may use up the session's budget",
  spent: "the session's budget is spent",
  unpriced: "the session's money is limited and no price of the model is known",
};
const REFUSALS: ReadonlySet<Miss['reason']> = new Set(['degraded', 'busy', 'spent', 'unpriced']);

/** What is thrown when nobody of the chain served. @param hints how to turn the capability on */
export function giveUp(capability: Capability, misses: readonly Miss[], hints: readonly string[]): AppError {
  if (misses.length === 0) {
    return new AppError('capability_unavailable', `This server has no ${capability}. ${hints.join(' ')}`.trim());
  }
  const detail = misses.map(describe).join('; ');
  const cause = misses.findLast(({ error }) => error !== null)?.error;
  if (!cause) {
    if (misses.some(({ reason }) => reason === 'spent')) return new AppError('budget_spent');
    const isBudget = misses.every(({ reason }) => REFUSALS.has(reason));
    return new AppError(
      'capability_unavailable',
      isBudget ? `The budget leaves no room for ${capability}: ${detail}.` : `No provider is there now: ${detail}.`,
    );
  }
  const isTimeout = misses.every(({ error }) => error?.failure === 'timeout');
  const retryAfterMs = cause.retryAfterMs;
  return new AppError(isTimeout ? 'provider_timeout' : 'provider_failed', `No ${capability}: ${detail}.`, {
    cause,
    ...(retryAfterMs !== null && { retryAfterSeconds: Math.ceil(retryAfterMs / 1000) }),
  });
}

function describe({ entry, reason, error }: Miss): string {
  const why = error ? error.message.replace(/\.$/, '') : REASONS[reason as keyof typeof REASONS];
  return `${entry.provider.id}:${entry.model}: ${why}`;
}
