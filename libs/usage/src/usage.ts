import type { Capability } from '@jiga/contracts';

/** What was used. All add up. */
export interface UsageAmounts {
  /** Frames with a result. */
  readonly frames: number;
  /** Heavy analyses among them, and analyses by remote models. */
  readonly analyses: number;
  /** Sound heard and spoken, in seconds. */
  readonly audioSeconds: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Calls to a provider. */
  readonly calls: number;
  readonly costUsd: number;
  /** Calls of which no price is known: their cost is not in `costUsd`. */
  readonly unpricedCalls: number;
}

export const AMOUNT_NAMES = [
  'frames',
  'analyses',
  'audioSeconds',
  'inputTokens',
  'outputTokens',
  'calls',
  'costUsd',
  'unpricedCalls',
] as const satisfies readonly (keyof UsageAmounts)[];

export const NOTHING_USED: UsageAmounts = {
  frames: 0,
  analyses: 0,
  audioSeconds: 0,
  inputTokens: 0,
  outputTokens: 0,
  calls: 0,
  costUsd: 0,
  unpricedCalls: 0,
};

/** Who used what of whom. `day` is the UTC date, `2026-01-31`. */
export interface UsageKey {
  readonly day: string;
  readonly sessionId: string;
  readonly owner: string;
  readonly credentialId: string;
  readonly provider: string;
  readonly model: string;
  readonly capability: Capability;
}

export interface UsageRecord extends UsageKey, UsageAmounts {}
