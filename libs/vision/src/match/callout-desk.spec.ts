import { describe, expect, it } from '@jest/globals';
import type { GameEvent } from '@jiga/contracts';
import { CalloutDesk } from './callout-desk.js';
import type { CalloutRule } from './rules.js';

const rule = (more: Partial<CalloutRule>): CalloutRule => ({
  on: 'kill',
  when: [],
  text: '{victim} down',
  reason: 'seen',
  priority: 'info',
  category: 'combat',
  key: '{victim}',
  cooldownS: 5,
  ttlS: 3,
  ...more,
});
const event = (victim: string, at: number): GameEvent => ({
  event_id: `evt_${victim}`,
  type: 'kill',
  timestamp: at,
  confidence: 1,
  detail: { victim },
  evidence: {},
});
const limits = { minGapS: { urgent: 0, important: 1, info: 2 }, perMinute: 5 };

function desk(...rules: CalloutRule[]): (t: number, facts: Record<string, number>, ...events: GameEvent[]) => string[] {
  const one = new CalloutDesk(rules, limits);
  return (t, facts, ...events) =>
    one.consider(events, (of) => ({ ...facts, ...of?.detail }), t).map((said) => said.text);
}

describe('CalloutDesk', () => {
  it('keeps quiet about a key that cools down, and about too much at once', () => {
    const say = desk(rule({}));
    expect(say(0, {}, event('Tony', 0))).toEqual(['Tony down']);
    expect(say(3, {}, event('Tony', 3))).toEqual([]);
    expect(say(3, {}, event('Grunt', 3), event('Beret', 3))).toEqual(['Grunt down']);
    expect(say(4, {})).toEqual([]);
    expect(say(5, {})).toEqual(['Beret down']);
    expect(say(9, {})).toEqual([]);
  });

  it('lets the urgent pass before the rest', () => {
    const say = desk(
      rule({}),
      rule({ on: null, when: [['health', '<', 25]], text: 'Low: {health}', key: 'h', priority: 'urgent' }),
    );
    expect(say(0, { health: 20 }, event('Tony', 0))).toEqual(['Low: 20']);
  });

  it('says a state when it begins, not while it lasts', () => {
    const say = desk(rule({ on: null, when: [['ammo', '=', 0]], text: 'Out of ammo', key: 'ammo', cooldownS: 0 }));
    expect(say(0, { ammo: 0 })).toEqual(['Out of ammo']);
    expect(say(20, { ammo: 0 })).toEqual([]);
    say(21, { ammo: 5 });
    expect(say(30, { ammo: 0 })).toEqual(['Out of ammo']);
  });

  it('says nothing that is over, and nothing with a gap in it', () => {
    const say = desk(rule({}), rule({ on: 'death', text: 'by {killer}' }));
    expect(say(10, {}, event('Tony', 5))).toEqual([]);
    expect(say(20, {}, { ...event('x', 20), type: 'death', detail: {} })).toEqual([]);
  });

  it('never says more than so many things a minute', () => {
    const say = desk(rule({ cooldownS: 0 }));
    const said = Array.from({ length: 25 }, (_, n) => say(n * 2, {}, event(`Bot ${n}`, n * 2))).flat();
    expect(said).toHaveLength(5);
  });
});
