import { describe, expect, it } from '@jest/globals';
import { reading } from './match.testing.js';
import { NumberField } from './number-field.js';
import { OPENARENA_RULES } from './openarena.rules.js';
import type { FieldRule } from './rules.js';

function field(name: string): {
  show: (t: number, text: string | null, confidence?: number) => number | string | null;
} {
  const number = new NumberField(OPENARENA_RULES.fields.find((one) => one.field === name) as FieldRule);
  return {
    show: (t, text, confidence = 0.98) => {
      number.observe({ reading: reading(name, text, confidence), fresh: true, readAt: t }, t);
      const value = number.at(t);
      return value?.unreadable === true ? 'unreadable' : ((value?.value ?? null) as number | null);
    },
  };
}

describe('NumberField', () => {
  it('shows a plausible change at once', () => {
    const health = field('health');
    expect(health.show(0, '125')).toBe(125);
    expect(health.show(0.2, '25')).toBe(25);
    expect(health.show(0.4, '50')).toBe(50);
  });

  it('holds back a single odd reading and believes it when it is repeated', () => {
    const ammo = field('ammo');
    ammo.show(0, '10');
    expect(ammo.show(0.2, '50', 0.7)).toBe(10);
    expect(ammo.show(0.4, '9')).toBe(9);
    expect(ammo.show(0.6, '100', 0.85)).toBe(9);
    expect(ammo.show(0.8, '100', 0.85)).toBe(100);
  });

  it('does not take the scene beside a number for a digit of it', () => {
    const armor = field('armor');
    armor.show(0, '20');
    expect(armor.show(0.2, '120', 0.98)).toBe(20);
    expect(armor.show(0.4, '120', 0.98)).toBe(20);
    expect(armor.show(0.6, '20')).toBe(20);
  });

  it('is gone at once where the game hides it, and outlives a weak sight where the game never does', () => {
    const health = field('health');
    health.show(0, '61');
    expect(health.show(0.2, null)).toBeNull();
    const score = field('score_left');
    score.show(0, '7');
    expect(score.show(0.2, null)).toBe(7);
    expect(score.show(30, null)).toBeNull();
  });

  it('does not make a number of a glimpse where there was none', () => {
    const armor = field('armor');
    armor.show(0, null);
    expect(armor.show(0.2, '5', 0.9)).toBeNull();
    expect(armor.show(0.4, null)).toBeNull();
    armor.show(0.6, '50', 0.9);
    expect(armor.show(0.8, '50', 0.9)).toBe(50);
  });

  it('says that it cannot read rather than keeping an old value for long', () => {
    const health = field('health');
    health.show(0, '61');
    expect(health.show(0.2, '?x', 0.3)).toBe(61);
    expect(health.show(1.2, '?x', 0.3)).toBe('unreadable');
  });

  it.each(['00', '05', '-0', '999999', '4 2x'])('does not believe "%s"', (text) => {
    expect(field('health').show(0, text)).not.toEqual(expect.any(Number));
  });
});
