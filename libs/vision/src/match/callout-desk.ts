import { newId, type Callout, type CalloutPriority, type GameEvent } from '@jiga/contracts';
import { fill, holds, type Facts } from './conditions.js';
import { PRIORITY_RANK as RANK } from './match-tuning.js';
import type { CalloutLimits, CalloutRule } from './rules.js';

const MINUTE_S = 60;
/** The same words are not said again within this time, whichever rule asks for them. */
const REPEAT_S = 8;
const MAX_KEYS = 256;
const MAX_WAITING = 8;

interface Wish {
  readonly rule: CalloutRule;
  readonly text: string;
  readonly reason: string;
  readonly key: string;
  readonly at: number;
}

/** Decides what is worth saying now: by cool-down and key, by words already said, and by how much was said of late. */
export class CalloutDesk {
  private readonly lastByKey = new Map<string, number>();
  private readonly lastByText = new Map<string, number>();
  /** By a rule's text: since when the condition of a rule without an event holds; null once it was said. */
  private readonly holding = new Map<string, number | null>();
  private waiting: Wish[] = [];
  private recent: { readonly at: number; readonly priority: CalloutPriority }[] = [];

  constructor(
    private rules: readonly CalloutRule[],
    private limits: CalloutLimits,
  ) {}

  /** Takes other rules from now on; what was said stays said. */
  retune(rules: readonly CalloutRule[], limits: CalloutLimits): void {
    this.rules = rules;
    this.limits = limits;
    this.waiting = this.waiting.filter((wish) => rules.some(({ text }) => text === wish.rule.text));
  }

  /** Callouts that arise from these events and this state. */
  consider(events: readonly GameEvent[], factsOf: (event: GameEvent | null) => Facts, now: number): Callout[] {
    const wishes = [...this.waiting, ...this.byEvents(events, factsOf), ...this.byState(factsOf(null), now)];
    wishes.sort((a, b) => RANK[a.rule.priority] - RANK[b.rule.priority]);
    this.waiting = [];
    return wishes.filter((wish) => this.admit(wish, now)).map((wish) => this.speak(wish));
  }

  private byEvents(events: readonly GameEvent[], factsOf: (event: GameEvent) => Facts): Wish[] {
    return events.flatMap((event) => {
      const facts = factsOf(event);
      const rule = this.rules.find((one) => one.on === event.type && holds(one.when, facts));
      const wish = rule === undefined ? null : toWish(rule, facts, event.timestamp);
      return wish === null ? [] : [wish];
    });
  }

  /** Rules without an event speak when their condition becomes true, or as soon after as there is room. */
  private byState(facts: Facts, now: number): Wish[] {
    const wishes: Wish[] = [];
    for (const rule of this.rules) {
      if (rule.on !== null) continue;
      if (!holds(rule.when, facts)) {
        this.holding.delete(rule.text);
        continue;
      }
      if (!this.holding.has(rule.text)) this.holding.set(rule.text, now);
      const since = this.holding.get(rule.text) ?? null;
      const wish = since === null ? null : toWish(rule, facts, since);
      if (wish !== null) wishes.push(wish);
    }
    return wishes;
  }

  /** Whether it is said now. What only comes too close on something else waits, until it expires. */
  private admit(wish: Wish, now: number): boolean {
    if (now > wish.at + wish.rule.ttlS) return false;
    if (now - (this.lastByKey.get(wish.key) ?? -Infinity) < wish.rule.cooldownS) return false;
    if (now - (this.lastByText.get(wish.text) ?? -Infinity) < REPEAT_S) return false;
    this.recent = this.recent.filter((said) => now - said.at < MINUTE_S);
    const rank = RANK[wish.rule.priority];
    const gap = this.limits.minGapS[wish.rule.priority];
    const crowded = this.recent.some((said) => now - said.at < gap && RANK[said.priority] <= rank);
    if (crowded || this.recent.length >= this.limits.perMinute) {
      if (wish.rule.on !== null && this.waiting.length < MAX_WAITING) this.waiting.push(wish);
      return false;
    }
    this.remember(wish, now);
    return true;
  }

  private remember(wish: Wish, now: number): void {
    for (const map of [this.lastByKey, this.lastByText]) if (map.size > MAX_KEYS) map.clear();
    this.lastByKey.set(wish.key, now);
    this.lastByText.set(wish.text, now);
    this.recent.push({ at: now, priority: wish.rule.priority });
    if (wish.rule.on === null) this.holding.set(wish.rule.text, null);
  }

  private speak({ rule, text, reason, at }: Wish): Callout {
    return {
      callout_id: newId('callout'),
      text,
      priority: rule.priority,
      category: rule.category,
      timestamp: at,
      expires_at: at + rule.ttlS,
      reason,
    };
  }
}

function toWish(rule: CalloutRule, facts: Facts, at: number): Wish | null {
  const text = fill(rule.text, facts);
  const reason = fill(rule.reason, facts);
  const key = fill(rule.key, facts);
  return text === null || reason === null || key === null ? null : { rule, text, reason, key, at };
}
