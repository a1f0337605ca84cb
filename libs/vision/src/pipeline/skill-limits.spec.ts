import { describe, expect, it } from '@jest/globals';

import type { Detection, GameEvent, JsonObject } from '@jiga/contracts';

import { clock, Play, type Shown } from '../match/match.testing.js';
import type { MatchSnapshot } from '../match/index.js';
import { SkillLimits } from './skill-limits.js';
import { SKILLS, SkillSet } from './skills.js';

const BOX = [0, 0, 1, 1] as const;
const value = (confidence: number) => ({ value: 1, text: '1', confidence, box: BOX, age_ms: 0 });
const event = (type: GameEvent['type'], confidence: number): GameEvent => ({
  event_id: `evt_${type}`,
  type,
  timestamp: 1,
  confidence,
  detail: {},
  evidence: {},
});
const detection = (text: string, confidence: number): Detection => ({
  label: 'text',
  category: 'hud_text',
  confidence,
  box: BOX,
  text,
});
const advice = (text: string, confidence: number) => ({ text, reason: 'seen', confidence });

const SNAPSHOT: MatchSnapshot = {
  ...new Play().show(0, {}),
  hud: { health: value(0.9), ammo: value(0.4), armor: null },
  events: [event('kill', 0.9), event('death', 0.5)],
  tactical: { threat_level: 'high', situation: 'x', recommendations: [advice('hide', 0.9), advice('run', 0.4)] },
};
const DETECTIONS = [detection('unsure', 0.3), detection('sure', 0.9), detection('so so', 0.6)];

/** What a choice of skills leaves of a snapshot. */
function left(skill: string, settings: JsonObject): object {
  const limits = new SkillLimits(new SkillSet({ [skill]: settings }));
  const { hud, events, tactical } = limits.match(SNAPSHOT);
  return {
    hud,
    events: events.map(({ type }) => type),
    advice: tactical.recommendations.map(({ text }) => text),
    texts: limits.detections(DETECTIONS).map(({ text }) => text),
  };
}

const hurt =
  (health: number) =>
  (t: number): Shown => ({
    health: String(health),
    ammo: '50',
    timer: clock(60 + t),
    score_left: '0',
    score_right: '0',
  });

/** What is said and told while health falls and ammunition runs out. */
function played(skill: string, settings: JsonObject): { callouts: string[]; events: string[] } {
  const play = new Play();
  play.hold(0, 1, hurt(100));
  play.tracker.retune(new SkillLimits(new SkillSet({ [skill]: settings })).tuning);
  play.hold(1, 3, hurt(60));
  play.hold(3, 5, hurt(20));
  play.hold(5, 7, hurt(100));
  play.hold(7, 9, hurt(15));
  play.hold(9, 11, (t) => ({ ...hurt(15)(t), ammo: '0' }));
  return { callouts: play.callouts.map(({ text }) => text), events: play.events.map(({ type }) => type) };
}

/** For every setting: a value, and what it changes. */
const EFFECTS: Readonly<Record<string, () => void>> = {
  'hud_reading.min_confidence': () =>
    expect(left('hud_reading', { min_confidence: 0.5 })).toMatchObject({ hud: { health: value(0.9), ammo: null } }),
  'hud_reading.fields': () =>
    expect(left('hud_reading', { fields: ['ammo'] })).toMatchObject({ hud: { ammo: value(0.4) } }),
  'text_detection.min_confidence': () =>
    expect(left('text_detection', { min_confidence: 0.5 })).toMatchObject({ texts: ['sure', 'so so'] }),
  'text_detection.max_detections': () =>
    expect(left('text_detection', { max_detections: 1 })).toMatchObject({ texts: ['sure'] }),
  'game_events.min_confidence': () =>
    expect(left('game_events', { min_confidence: 0.6 })).toMatchObject({ events: ['kill'] }),
  'game_events.types': () => expect(left('game_events', { types: ['death'] })).toMatchObject({ events: ['death'] }),
  'game_events.low_health_at': () => {
    const lows = (settings: JsonObject): number =>
      played('game_events', settings).events.filter((type) => type === 'low_health').length;
    expect([lows({}), lows({ low_health_at: 60 }), lows({ low_health_at: 10 })]).toEqual([2, 2, 0]);
    expect(played('game_events', { low_health_at: 60 }).callouts[0]).toBe('Low health: 60');
  },
  'tactics.min_confidence': () => expect(left('tactics', { min_confidence: 0.5 })).toMatchObject({ advice: ['hide'] }),
  'tactics.max_recommendations': () =>
    expect(left('tactics', { max_recommendations: 0 })).toMatchObject({ advice: [] }),
  'callouts.min_priority': () => {
    expect(played('callouts', {}).callouts).toContain('Out of ammo');
    expect(played('callouts', { min_priority: 'urgent' }).callouts).not.toContain('Out of ammo');
  },
  'callouts.categories': () => expect(played('callouts', { categories: ['ammo'] }).callouts).toEqual(['Out of ammo']),
  'callouts.per_minute': () => expect(played('callouts', { per_minute: 1 }).callouts).toEqual(['Low health: 20']),
  'callouts.cooldown_seconds': () => {
    const lows = (settings: JsonObject): string[] =>
      played('callouts', settings).callouts.filter((text) => text.startsWith('Low'));
    expect(lows({})).toEqual(['Low health: 20']);
    expect(lows({ cooldown_seconds: 1 })).toEqual(['Low health: 20', 'Low health: 15']);
  },
};

describe('the settings of skills', () => {
  it('leave everything as it is when nothing is set', () => {
    const limits = new SkillLimits(new SkillSet(null));
    expect(limits.match(SNAPSHOT)).toEqual(SNAPSHOT);
    expect(limits.detections(DETECTIONS)).toEqual(DETECTIONS);
  });

  it('leave nothing of a skill that was not chosen', () => {
    expect(left('callouts', {})).toEqual({ hud: {}, events: [], advice: [], texts: [] });
  });

  it.each(SKILLS.flatMap(({ id, settings }) => Object.keys(settings.properties).map((name) => `${id}.${name}`)))(
    'have an effect: %s',
    (name) => {
      const check = EFFECTS[name];
      if (!check) throw new Error(`Nobody says what ${name} does`);
      check();
    },
  );

  it('name their defaults in the schema', () => {
    const set = new SkillSet(null);
    for (const { id, settings } of SKILLS) {
      const defaults = Object.entries(settings.properties).map(([name, schema]) => [name, schema.default ?? null]);
      expect(Object.fromEntries(defaults)).toEqual(set.of(id));
    }
  });
});
