import { Inject, Injectable, Logger } from '@nestjs/common';

import { CLOCK, SessionState, unixSeconds } from '@jiga/contracts';
import type { BudgetDimension, CancelTimer, Clock, DomainEvents, SessionBudget } from '@jiga/contracts';
import { EventBus } from '@jiga/platform';
import { SessionsService } from '@jiga/sessions';

import { BudgetLedger, SPENT_DIMENSIONS } from './budget-ledger.js';
import type { CallCost, CallMaximum, Hold, SpentDimension } from './budget-ledger.js';

/** Parts of a budget at which something happens. */
export const BUDGET_STAGES = { warning: 0.8, degraded: 0.95, spent: 1 } as const;
type Stage = keyof typeof BUDGET_STAGES;
const STAGES: readonly Stage[] = ['warning', 'degraded', 'spent'];

/** A session's budget while it lives. */
interface Kept {
  readonly ledger: BudgetLedger;
  readonly budget: SessionBudget;
  /** Stages that were told, by dimension: each once. */
  readonly told: Set<string>;
  readonly cancelTimer: CancelTimer;
}

/**
 * Budgets of the live sessions. At 80 % of a limit it warns; from 95 % on what can be done locally is done locally; at
 * 100 % the session ends with the reason `budget_spent`. `seconds` are the session's life, which the sessions end by
 * themselves: of them it warns, and tells that they are spent.
 */
@Injectable()
export class BudgetKeeper {
  readonly #log = new Logger(BudgetKeeper.name);
  readonly #kept = new Map<string, Kept>();

  constructor(
    @Inject(SessionsService) private readonly sessions: SessionsService,
    @Inject(EventBus) private readonly bus: EventBus,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Begins to watch sessions come and go. */
  start(): void {
    this.bus.subscribe('session.state_changed', (fact) => this.#onStateChanged(fact));
  }

  /** Whether the session has a limit of this sort. */
  limits(sessionId: string, dimension: SpentDimension): boolean {
    return (this.#kept.get(sessionId)?.ledger.limit(dimension) ?? null) !== null;
  }

  /** Room for a call: a hold, null when the session has no budget, or why there is none. */
  reserve(
    sessionId: string,
    max: CallMaximum,
    hasLocalAlternative: boolean,
  ): Hold | null | 'degraded' | 'busy' | 'spent' {
    const kept = this.#kept.get(sessionId);
    if (!kept) return null;
    if (hasLocalAlternative && costsAnything(max, kept.ledger) && this.#isDegraded(kept)) return 'degraded';
    return kept.ledger.reserve(max) ?? (this.#isSpent(kept) ? 'spent' : 'busy');
  }

  settle(sessionId: string, hold: Hold, cost: CallCost): void {
    const kept = this.#kept.get(sessionId);
    if (!kept) return;
    kept.ledger.settle(hold, cost);
    for (const dimension of SPENT_DIMENSIONS) {
      const share = kept.ledger.share(dimension);
      if (share !== null) this.#reach(sessionId, kept, dimension, share, kept.ledger.spent(dimension));
    }
  }

  release(sessionId: string, hold: Hold): void {
    this.#kept.get(sessionId)?.ledger.release(hold);
  }

  #onStateChanged({ sessionId, from, to, reason }: DomainEvents['session.state_changed']): void {
    const kept = this.#kept.get(sessionId);
    if (from === null) return this.#open(sessionId);
    if (!kept) return;
    if (to === SessionState.CLOSING && reason === 'budget_spent' && !this.#wasTold(kept, 'spent')) {
      const seconds = kept.budget.seconds ?? 0;
      this.#tell(sessionId, kept, 'seconds', 'spent', seconds);
    }
    if (to === SessionState.CLOSED || to === SessionState.ERROR) {
      kept.cancelTimer();
      this.#kept.delete(sessionId);
    }
  }

  #open(sessionId: string): void {
    const budget = this.sessions.peek(sessionId)?.configuration.budget;
    if (!budget) return;
    const { seconds, ...limits } = budget;
    const told = new Set<string>();
    const warn = (): void => {
      const kept = this.#kept.get(sessionId);
      if (kept) this.#reach(sessionId, kept, 'seconds', BUDGET_STAGES.warning, (seconds ?? 0) * BUDGET_STAGES.warning);
    };
    const cancelTimer =
      seconds === undefined ? () => {} : this.clock.after(seconds * BUDGET_STAGES.warning * 1000, warn);
    this.#kept.set(sessionId, { ledger: new BudgetLedger(limits), budget, told, cancelTimer });
  }

  #reach(sessionId: string, kept: Kept, dimension: BudgetDimension, share: number, spent: number): void {
    for (const stage of STAGES) {
      if (share >= BUDGET_STAGES[stage]) this.#tell(sessionId, kept, dimension, stage, spent);
    }
    if (share >= BUDGET_STAGES.spent) {
      this.sessions.end(sessionId, 'budget_spent').catch((error: unknown) => {
        this.#log.error('Could not end a session whose budget is spent', { err: error, sessionId });
      });
    }
  }

  #tell(sessionId: string, kept: Kept, dimension: BudgetDimension, stage: Stage, spent: number): void {
    const name = `${dimension} ${stage}`;
    if (kept.told.has(name)) return;
    kept.told.add(name);
    const limit = kept.budget[dimension] ?? 0;
    this.bus.publish(`budget.${stage}`, { sessionId, at: unixSeconds(this.clock), dimension, limit, spent });
  }

  #wasTold({ told }: Kept, stage: Stage): boolean {
    return [...told].some((name) => name.endsWith(` ${stage}`));
  }

  /** A limit of nothing leaves only what is done locally. */
  #isDegraded({ ledger }: Kept): boolean {
    return SPENT_DIMENSIONS.some((dimension) => {
      const share = ledger.share(dimension);
      return share !== null && (share >= BUDGET_STAGES.degraded || ledger.limit(dimension) === 0);
    });
  }

  #isSpent({ ledger }: Kept): boolean {
    return SPENT_DIMENSIONS.some((dimension) => {
      const limit = ledger.limit(dimension);
      return limit !== null && ledger.spent(dimension) >= limit;
    });
  }
}

/** Whether a call can come to anything that the ledger bounds. */
const costsAnything = (max: CallMaximum, ledger: BudgetLedger): boolean =>
  SPENT_DIMENSIONS.some((dimension) => ledger.limit(dimension) !== null && max[dimension] !== 0);
