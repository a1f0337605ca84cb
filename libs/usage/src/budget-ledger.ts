export const SPENT_DIMENSIONS = ['usd', 'tokens'] as const;
/** What calls spend of a budget. (The third limit of a budget, `seconds`, is the session's life and needs no ledger.) */
export type SpentDimension = (typeof SPENT_DIMENSIONS)[number];

export type BudgetLimits = Readonly<Partial<Record<SpentDimension, number>>>;
/** The most that a call can come to; null = nobody knows. */
export type CallMaximum = Readonly<Record<SpentDimension, number | null>>;
export type CallCost = Readonly<Record<SpentDimension, number>>;

/** Room kept for one call; give it back with `settle` or `release`. */
export interface Hold {
  readonly max: CallMaximum;
}

interface Account {
  readonly limit: number;
  spent: number;
  /** Sum of what the calls under way can come to, of those whose maximum is known. */
  held: number;
  /** The one call under way that may pass the limit: until it has ended there is no other. */
  last: Hold | null;
}

/**
 * Room in a session's budget, kept before a call and settled after it. However many calls run at once, the budget is
 * never exceeded by more than what one call costs: calls side by side must fit with all they can come to, and one that
 * does not fit, or of which nobody knows what it can come to, runs with no other beside it.
 */
export class BudgetLedger {
  readonly #accounts = new Map<SpentDimension, Account>();
  readonly #holds = new Set<Hold>();

  constructor(limits: BudgetLimits) {
    for (const dimension of SPENT_DIMENSIONS) {
      const limit = limits[dimension];
      if (limit !== undefined) this.#accounts.set(dimension, { limit, spent: 0, held: 0, last: null });
    }
  }

  /** Room for a call; null when there is none now: the budget is spent, or calls under way may use up what is left. */
  reserve(max: CallMaximum): Hold | null {
    for (const [dimension, account] of this.#accounts) {
      if (!this.#hasRoom(account, max[dimension])) return null;
    }
    const hold: Hold = { max };
    for (const [dimension, account] of this.#accounts) {
      const most = max[dimension];
      if (most === null || account.spent + account.held + most > account.limit) account.last = hold;
      account.held += most ?? 0;
    }
    this.#holds.add(hold);
    return hold;
  }

  /** The call has ended and cost this. A hold that was given back counts no more. */
  settle(hold: Hold, cost: CallCost): void {
    if (!this.#giveBack(hold)) return;
    for (const [dimension, account] of this.#accounts) account.spent += cost[dimension];
  }

  /** The call did not happen. */
  release(hold: Hold): void {
    this.#giveBack(hold);
  }

  spent(dimension: SpentDimension): number {
    return this.#accounts.get(dimension)?.spent ?? 0;
  }

  limit(dimension: SpentDimension): number | null {
    return this.#accounts.get(dimension)?.limit ?? null;
  }

  /** Spent part of a limit, 1 = all of it; null when there is no such limit. Of nothing, nothing is spent: 0. */
  share(dimension: SpentDimension): number | null {
    const account = this.#accounts.get(dimension);
    if (!account) return null;
    return account.limit > 0 ? account.spent / account.limit : 0;
  }

  #hasRoom(account: Account, most: number | null): boolean {
    // What costs nothing for sure needs no room, also when there is none.
    if (most === 0) return true;
    if (account.spent >= account.limit || account.last) return false;
    if (most !== null && account.spent + account.held + most <= account.limit) return true;
    return account.held === 0;
  }

  #giveBack(hold: Hold): boolean {
    if (!this.#holds.delete(hold)) return false;
    for (const [dimension, account] of this.#accounts) {
      account.held -= hold.max[dimension] ?? 0;
      if (account.last === hold) account.last = null;
    }
    // Sums of fractions leave crumbs, which would keep an empty ledger from granting a last call.
    if (this.#holds.size === 0) for (const account of this.#accounts.values()) account.held = 0;
    return true;
  }
}
