import { beforeEach, describe, expect, it } from '@jest/globals';

import { VirtualClock } from '@jiga/testing';

import { QUALITY_LEVELS, QualityController, type QualityStep } from './quality-controller.js';

const TARGET_MS = 100;

describe('QualityController', () => {
  let clock: VirtualClock;
  let quality: QualityController;

  beforeEach(() => {
    clock = new VirtualClock();
    quality = new QualityController(TARGET_MS, clock);
  });

  /** One window of answers, five a second; the steps that it led to. */
  const window = (latencyMs: number, seconds = 2): QualityStep[] => {
    const steps: QualityStep[] = [];
    for (let i = 0; i < seconds * 5; i++) {
      clock.advance(200);
      const step = quality.note(latencyMs);
      if (step) steps.push(step);
    }
    return steps;
  };
  const windowsUntilStepUp = (): number => {
    let windows = 1;
    while (window(10).length === 0) windows += 1;
    return windows;
  };

  it('steps down one level a window while answers are too slow, to the last level and no further', () => {
    expect(window(150)).toEqual([{ from: 0, to: 1, reason: 'p95_above_target', p95Ms: 150 }]);
    for (let i = 0; i < 10; i++) window(150);
    expect(quality.level).toBe(QUALITY_LEVELS.length - 1);
    expect(quality.p95Ms).toBe(150);
  });

  it('does not judge by a few answers, nor by the slowest of many', () => {
    for (let i = 0; i < 9; i++) expect(quality.note(500)).toBeNull();
    quality = new QualityController(TARGET_MS, clock);
    for (let i = 0; i < 300; i++) {
      clock.advance(20);
      expect(quality.note(i % 25 === 0 ? 5_000 : 50)).toBeNull();
    }
    expect(quality.level).toBe(0);
  });

  it('steps up again only after several calm windows in a row', () => {
    window(150);
    for (let i = 0; i < 4; i++) expect(window(10)).toEqual([]);
    // Within the target, but without room for more.
    expect(window(90)).toEqual([]);
    for (let i = 0; i < 4; i++) expect(window(10)).toEqual([]);
    expect(window(10)).toEqual([{ from: 1, to: 0, reason: 'p95_below_target', p95Ms: 10 }]);
    for (let i = 0; i < 20; i++) expect(window(10)).toEqual([]);
  });

  it('waits longer each time that a step up did not hold', () => {
    window(150);
    const waits = Array.from({ length: 5 }, () => {
      const windows = windowsUntilStepUp();
      window(150);
      return windows;
    });
    expect(waits).toEqual([5, 10, 20, 40, 40]);
    windowsUntilStepUp();
    // This one holds; what comes much later is another story.
    for (let i = 0; i < 40; i++) window(10);
    window(150);
    expect(windowsUntilStepUp()).toBe(5);
  });

  it('forgets what was before a long pause', () => {
    for (let i = 0; i < 9; i++) quality.note(500);
    clock.advance(40_000);
    expect(window(10)).toEqual([]);
    expect(quality.level).toBe(0);
  });

  it('does less at each level', () => {
    for (const [i, level] of QUALITY_LEVELS.slice(1).entries()) {
      const before = QUALITY_LEVELS[i];
      if (!before) throw new Error('no level before');
      expect(level.effort.intervalFactor).toBeGreaterThan(before.effort.intervalFactor);
      expect(level.effort.textBudget).toBeLessThanOrEqual(before.effort.textBudget);
      expect(level.maxPx ?? Infinity).toBeLessThanOrEqual(before.maxPx ?? Infinity);
      expect(level.effort.restingSkills).toEqual(expect.arrayContaining([...before.effort.restingSkills]));
    }
  });
});
