import { Inject, Injectable } from '@nestjs/common';

import { CLOCK } from '@jiga/contracts';
import type { Capability, Clock } from '@jiga/contracts';
import { SessionsService } from '@jiga/sessions';

import { BudgetKeeper } from './budget-keeper.js';
import type { CallCost, CallMaximum, Hold } from './budget-ledger.js';
import { PriceTable } from './price-table.js';
import { dayOf, UsageMeter } from './usage-meter.js';

/** A call to a provider that is about to be made for a session. */
export interface PlannedCall {
  readonly sessionId: string;
  readonly provider: string;
  readonly model: string;
  readonly capability: Capability;
  /** The most that it can come to; null = nobody knows. */
  readonly mostInputTokens: number | null;
  readonly mostOutputTokens: number | null;
  readonly mostAudioSeconds: number | null;
  /** Whether something on this machine can do it instead. */
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

/** Who wants to call a remote provider asks here first, and tells afterwards what it came to. */
@Injectable()
export class CallAccounts {
  constructor(
    @Inject(UsageMeter) private readonly meter: UsageMeter,
    @Inject(BudgetKeeper) private readonly budgets: BudgetKeeper,
    @Inject(PriceTable) private readonly prices: PriceTable,
    @Inject(SessionsService) private readonly sessions: SessionsService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Room in the session's budget for a call, or why there is none. */
  reserve(call: PlannedCall): CallDecision {
    const max = this.#maximumOf(call);
    if (max.usd === null && this.budgets.limits(call.sessionId, 'usd') && this.#costOf(call, NOTHING) === null) {
      return { grant: null, refusal: 'unpriced' };
    }
    const hold = this.budgets.reserve(call.sessionId, max, call.hasLocalAlternative);
    return typeof hold === 'string'
      ? { grant: null, refusal: hold }
      : { grant: this.#grant(call, hold), refusal: null };
  }

  #grant(call: PlannedCall, hold: Hold | null): CallGrant {
    let isOpen = true;
    const once = (act: () => void): void => {
      if (!isOpen) return;
      isOpen = false;
      act();
    };
    return {
      settle: (result) => once(() => this.#settle(call, hold, result)),
      release: () => once(() => hold && this.budgets.release(call.sessionId, hold)),
    };
  }

  #settle(call: PlannedCall, hold: Hold | null, result: CallResult): void {
    const cost = this.#costOf(call, result);
    const spent: CallCost = { usd: cost ?? 0, tokens: result.inputTokens + result.outputTokens };
    const live = this.sessions.peek(call.sessionId);
    if (live) {
      const { record, metrics } = live;
      const { sessionId, provider, model, capability } = call;
      const key = { sessionId, provider, model, capability, owner: record.owner, credentialId: record.credentialId };
      this.meter.record(key, {
        ...result,
        calls: 1,
        costUsd: cost ?? 0,
        unpricedCalls: cost === null ? 1 : 0,
      });
      metrics.providerCalled(provider, model, {
        calls: 1,
        input_tokens: result.inputTokens,
        output_tokens: result.outputTokens,
        audio_seconds: result.audioSeconds,
        cost_usd: cost ?? 0,
        unpriced_calls: cost === null ? 1 : 0,
      });
    }
    if (hold) this.budgets.settle(call.sessionId, hold, spent);
  }

  #maximumOf(call: PlannedCall): CallMaximum {
    const { mostInputTokens, mostOutputTokens, mostAudioSeconds } = call;
    const tokens = mostInputTokens === null || mostOutputTokens === null ? null : mostInputTokens + mostOutputTokens;
    if (tokens === null || mostAudioSeconds === null) return { usd: null, tokens };
    const most = {
      inputTokens: mostInputTokens ?? 0,
      outputTokens: mostOutputTokens ?? 0,
      audioSeconds: mostAudioSeconds,
    };
    return { usd: this.#costOf(call, most), tokens };
  }

  #costOf({ provider, model }: PlannedCall, used: CallResult): number | null {
    return this.prices.costOf(provider, model, dayOf(this.clock), used);
  }
}

const NOTHING: CallResult = { inputTokens: 0, outputTokens: 0, audioSeconds: 0 };
