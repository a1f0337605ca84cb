import type { Capability } from './session-configuration.js';

/** A call to a provider that is about to be made for a session. */
export interface PlannedCall {
  readonly sessionId: string;
  readonly provider: string;
  readonly model: string;
  readonly capability: Capability;
  /** Whether the work leaves this machine. What does not is counted, costs nothing and is never refused. */
  readonly isRemote: boolean;
  /** The most that it can come to; null = nobody knows. */
  readonly mostInputTokens: number | null;
  readonly mostOutputTokens: number | null;
  readonly mostAudioSeconds: number | null;
  /** Whether something that costs nothing, or less, can be done instead: then it is not made once the budget is nearly spent. */
  readonly hasLocalAlternative: boolean;
}

/** What a call came to. */
export interface CallResult {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly audioSeconds: number;
  /** For vision: analyses made by it. */
  readonly analyses?: number;
}

/**
 * Why a call must not be made: `degraded`: what can be done locally is now done locally; `busy`: calls under way may
 * use up what is left, ask again when one has ended; `spent`: nothing is left; `unpriced`: the session's money is
 * limited and nobody knows what the model costs.
 */
export type CallRefusal = 'degraded' | 'busy' | 'spent' | 'unpriced';

/** Leave to make one call; end it with exactly one of the two. */
export interface CallGrant {
  /** The call was made, also in vain if it cost something. */
  settle(result: CallResult): void;
  /** The call was not made, or cost nothing. */
  release(): void;
}

export type CallDecision =
  { readonly grant: CallGrant; readonly refusal: null } | { readonly grant: null; readonly refusal: CallRefusal };

/** Whoever calls a provider asks here first, and tells afterwards what it came to. The port between providers and usage. */
export interface CallAccounting {
  /** Room in the session's budget for a call, or why there is none. */
  reserve(call: PlannedCall): CallDecision;
}

/** Injection token of the {@link CallAccounting}. */
export const CALL_ACCOUNTS = Symbol.for('jiga:call-accounts');
