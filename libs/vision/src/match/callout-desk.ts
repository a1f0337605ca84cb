import { newId, type Callout, type CalloutPriority, type GameEvent } from '@jiga/contracts';
import { fill, holds, type Facts } from './conditions.js';
import type { CalloutLimits, CalloutRule } from './rules.js';

const MINUTE_S = 60;
const RANK: Readonly<Record<CalloutPriority, number>> = { urgent: 0, important: 1, info: 2 };
/** The same words are not said again within this time, whichever rule asks for them. */
const REPEAT_S = 8;
const MAX_KEYS = 256;

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
  private readonly wasTrue = new Set<CalloutRule>();
  private recent: { readonly at: number; readonly priority: CalloutPriority }[] = [];

  constructor(
    private readonly rules: readonly CalloutRule[],
    private readonly limits: CalloutLimits,
  ) {}

  /** Callouts that arise from these events and this state. */
  consider(events: readonly GameEvent[], factsOf: (event: GameEvent | null) => Facts, now: number): Callout[] {
    const wishes = [...this.byEvents(events, factsOf), ...this.byState(factsOf(null), now)];
    wishes.sort((a, b) => RANK[a.rule.priority] - RANK[b.rule.priority]);
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

  /** Rules without an event speak when their condition becomes true, not while it stays so. */
  private byState(facts: Facts, now: number): Wish[] {
    const wishes: Wish[] = [];
    for (const rule of this.rules) {
      if (rule.on !== null) continue;
      const holding = holds(rule.when, facts);
      const rises = holding && !this.wasTrue.has(rule);
      if (holding) this.wasTrue.add(rule);
      else this.wasTrue.delete(rule);
      const wish = rises ? toWish(rule, facts, now) : null;
      if (wish !== null) wishes.push(wish);
    }
    return wishes;
  }

  private admit(wish: Wish, now: number): boolean {
    if (now > wish.at + wish.rule.ttlS) return false;
    if (now - (this.lastByKey.get(wish.key) ?? -Infinity) < wish.rule.cooldownS) return false;
    if (now - (this.lastByText.get(wish.text) ?? -Infinity) < REPEAT_S) return false;
    this.recent = this.recent.filter((said) => now - said.at < MINUTE_S);
    if (this.recent.length >= this.limits.perMinute) return false;
    const rank = RANK[wish.rule.priority];
    const gap = this.limits.minGapS[wish.rule.priority];
    if (this.recent.some((said) => now - said.at < gap && RANK[said.priority] <= rank)) return false;
    this.remember(wish, now);
    return true;
  }

  private remember(wish: Wish, now: number): void {
    for (const map of [this.lastByKey, this.lastByText]) if (map.size > MAX_KEYS) map.clear();
    this.lastByKey.set(wish.key, now);
    this.lastByText.set(wish.text, now);
    this.recent.push({ at: now, priority: wish.rule.priority });
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
