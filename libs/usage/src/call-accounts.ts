import { Inject, Injectable } from '@nestjs/common';

import { CLOCK } from '@jiga/contracts';
import type { CallAccounting, CallDecision, CallGrant, CallResult, Clock, PlannedCall } from '@jiga/contracts';
import { Metrics } from '@jiga/platform';
import { SessionsService } from '@jiga/sessions';

import { BudgetKeeper } from './budget-keeper.js';
import type { CallCost, CallMaximum, Hold } from './budget-ledger.js';
import { costFigures, type CostFigures } from './cost-figures.js';
import { PriceTable } from './price-table.js';
import { dayOf, UsageMeter } from './usage-meter.js';

/** Keeps room in a session's budget for each call to a provider, and counts what it came to. */
@Injectable()
export class CallAccounts implements CallAccounting {
  readonly #figures: CostFigures;

  constructor(
    @Inject(UsageMeter) private readonly meter: UsageMeter,
    @Inject(BudgetKeeper) private readonly budgets: BudgetKeeper,
    @Inject(PriceTable) private readonly prices: PriceTable,
    @Inject(SessionsService) private readonly sessions: SessionsService,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(Metrics) metrics: Metrics,
  ) {
    this.#figures = costFigures(metrics);
  }

  reserve(call: PlannedCall): CallDecision {
    if (!call.isRemote) return { grant: this.#grant(call, null), refusal: null };
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
    this.#figures.count(call.provider, result, cost);
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

  #costOf({ provider, model, isRemote }: PlannedCall, used: CallResult): number | null {
    if (!isRemote) return 0;
    return this.prices.costOf(provider, model, dayOf(this.clock), used);
  }
}

const NOTHING: CallResult = { inputTokens: 0, outputTokens: 0, audioSeconds: 0 };
