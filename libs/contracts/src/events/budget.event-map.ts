export const BUDGET_DIMENSIONS = ['usd', 'tokens', 'seconds'] as const;
/** What a budget bounds: money, tokens of models, seconds of sound (heard and spoken). */
export type BudgetDimension = (typeof BUDGET_DIMENSIONS)[number];

interface BudgetFact {
  readonly sessionId: string;
  readonly at: number;
  readonly dimension: BudgetDimension;
  readonly limit: number;
  readonly spent: number;
}

/** Facts about what a session spends. `at` is Unix seconds. */
export interface BudgetEvents {
  /** A first part of the budget is spent (80 %). */
  'budget.warning': BudgetFact;
  /** From now on local models do the work wherever they can. */
  'budget.degraded': BudgetFact;
  /** The budget is spent; the session ends. */
  'budget.spent': BudgetFact;
}
