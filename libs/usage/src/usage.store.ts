import type { UsageAmounts, UsageRecord } from './usage.js';

export const USAGE_GROUPS = ['day', 'session', 'credential', 'provider', 'model', 'capability'] as const;
export type UsageGroup = (typeof USAGE_GROUPS)[number];

export interface UsageFilter {
  /** Only of this owner; absent = of every owner. */
  readonly owner?: string;
  readonly sessionId?: string;
  /** UTC dates, both included. */
  readonly from?: string;
  readonly to?: string;
}

/** Amounts of one group; `keys` are the values of the asked groups, in their order. */
export interface UsageSum {
  readonly keys: readonly string[];
  readonly amounts: UsageAmounts;
}

/** What is kept of usage: sums by day, session, provider and model. */
export interface UsageStore {
  /**
   * Adds to what is there; all or nothing. The batch that was added last changes nothing when it comes again, so that
   * what failed can be tried again: each must have an id of its own.
   */
  add(records: readonly UsageRecord[], batchId: string): Promise<void>;
  /** Sums by group in the order of their keys, after the group with the given keys, at most `limit`. */
  sums(
    groups: readonly UsageGroup[],
    filter: UsageFilter,
    limit: number,
    after?: readonly string[],
  ): Promise<UsageSum[]>;
  total(filter: UsageFilter): Promise<UsageAmounts>;
  /**
   * Removes sums of the oldest day before this UTC date, those of at most so many sessions; resolves to how many rows
   * there were.
   */
  removeBefore(day: string, sessionsMax: number): Promise<number>;
  /** Removes what these sessions used; resolves to how many rows there were. */
  removeSessions(sessionIds: readonly string[]): Promise<number>;
}

/** Injection token of the {@link UsageStore}. */
export const USAGE_STORE = Symbol.for('jiga:usage-store');
