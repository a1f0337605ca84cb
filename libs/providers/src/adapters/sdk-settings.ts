import type { OptionRules } from '../option-rules.js';
import type { ModelCall, ModelUsage } from '../ports/index.js';

/** Options that every language model takes. */
export const LANGUAGE_OPTIONS: OptionRules = {
  temperature: { kind: 'number', min: 0, max: 2 },
  top_p: { kind: 'number', min: 0, max: 1 },
};

/** What every call of the SDK is made with. It must not retry: that is decided once, for all adapters alike. */
export function callSettings({ options, signal }: ModelCall) {
  const { temperature, top_p: topP } = options;
  return {
    maxRetries: 0,
    abortSignal: signal,
    ...(typeof temperature === 'number' && { temperature }),
    ...(typeof topP === 'number' && { topP }),
  };
}

/** The SDK's count. A service that does not count leaves it undefined. */
export const usageOf = (
  usage: { readonly inputTokens: number | undefined; readonly outputTokens: number | undefined } | undefined,
): ModelUsage => ({ inputTokens: usage?.inputTokens ?? null, outputTokens: usage?.outputTokens ?? null });
