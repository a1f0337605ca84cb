import { describe, expect, it } from '@jest/globals';
import { ClockField } from './clock-field.js';
import { clock, reading } from './match.testing.js';
import { OPENARENA_RULES } from './openarena.rules.js';
import type { FieldRule } from './rules.js';

function watch(): { field: ClockField; show: (t: number, text: string | null) => number | null } {
  const field = new ClockField(OPENARENA_RULES.fields.find((one) => one.field === 'timer') as FieldRule);
  return {
    field,
    show: (t, text) => {
      field.observe({ reading: reading('timer', text), fresh: true, readAt: t }, t);
      return (field.at(t)?.value ?? null) as number | null;
    },
  };
}

describe('ClockField', () => {
  it('shows every tick at once', () => {
    const { show } = watch();
    for (let t = 100; t < 110; t += 0.2) expect(show(t, clock(t - 40.35))).toBe(Math.floor(t - 40.35));
  });

  it('does not follow a reading that time cannot explain, however often it comes', () => {
    const { show } = watch();
    for (let t = 100; t < 106; t += 0.2) show(t, clock(t - 70));
    for (let t = 106; t < 108; t += 0.2) expect(show(t, '0:24')).toBe(Math.floor(t - 70 + 1e-6));
    expect(show(108, clock(38))).toBe(38);
  });

  it('reckons on between two readings', () => {
    const { field, show } = watch();
    for (let t = 100; t < 104; t += 0.2) show(t, clock(t - 40.5));
    expect(field.at(105.9)?.value).toBe(65);
    expect(field.at(105.9)).toMatchObject({ text: '1:03' });
    expect(field.at(130)?.value).toBe(63);
  });

  it('starts anew when the match does, and says so', () => {
    const { field, show } = watch();
    for (let t = 100; t < 110; t += 0.2) show(t, clock(t));
    let setBack = false;
    for (let t = 110; t < 116; t += 0.2) {
      show(t, clock(t - 110));
      setBack ||= field.jumpedBack;
    }
    expect(setBack).toBe(true);
    expect(show(116, '0:06')).toBe(6);
  });

  it('stands still with a clock that stands still', () => {
    const { field, show } = watch();
    for (let t = 100; t < 106; t += 0.2) show(t, '3:20');
    expect(show(106, '3:20')).toBe(200);
    expect(field.at(108)?.value).toBe(200);
  });
});
