import type { JsonObject } from '@jiga/contracts';

/** How a port is called: which of its models, with which of the session's options, and until when. */
export interface ModelCall {
  readonly model: string;
  /** Of the session's choice, as the provider's option rules allow them; empty when it chose none. */
  readonly options: JsonObject;
  /** Aborted when nobody wants the answer any more or its time is up: the port then ends all it began and rejects. */
  readonly signal: AbortSignal;
}

/** What a call came to, as the model's owner counts it; null = it did not say. */
export interface ModelUsage {
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
}

export const UNKNOWN_USAGE: ModelUsage = { inputTokens: null, outputTokens: null };
