import { describe, expect, it } from '@jest/globals';
import type { HudValue, VisionResult } from '@jiga/contracts';
import type { ExpectedField } from './expectation.types.js';
import { addScores, exactRate, scoreField, withinAgeRate } from './score-fields.js';

/** 100 until frame 30, 80 until frame 60, then not drawn. */
const health: ExpectedField = {
  name: 'health',
  at: { hud: 'health' },
  kind: 'number',
  tolerance: 0,
  drawn: (frame) => (frame < 30 ? 100 : frame < 60 ? 80 : null),
};

const hud = (value: number | null, ageMs = 0, more: Partial<HudValue> = {}): VisionResult => {
  const field: HudValue = { value, text: null, confidence: 1, box: null, age_ms: ageMs, ...more };
  return { hud: { health: field }, teams: null, metadata: { heavy_age_ms: 0 } } as unknown as VisionResult;
};
const verdictOf = (sourceFrame: number, result: VisionResult) => {
  const {
    name: _name,
    kind: _kind,
    frames: _frames,
    examples: _examples,
    ...counts
  } = scoreField(health, [{ sourceFrame, result }], 30);
  return Object.entries(counts).flatMap(([verdict, count]) => (count === 1 ? [verdict] : []));
};

describe('scoreField', () => {
  it('calls a value exact that this very frame shows, give or take one source frame', () => {
    expect(verdictOf(10, hud(100))).toEqual(['exact']);
    expect(verdictOf(30, hud(100))).toEqual(['exact']);
    expect(verdictOf(31, hud(100))).toEqual(['wrong']);
    expect(verdictOf(29, hud(80))).toEqual(['exact']);
  });

  it('calls an old value late only within the age that it admits', () => {
    expect(verdictOf(36, hud(100, 200))).toEqual(['late']);
    expect(verdictOf(45, hud(100, 200))).toEqual(['wrong']);
  });

  it('tells a place that could not be read from one that was not tried', () => {
    expect(verdictOf(10, hud(null, 0, { unreadable: true }))).toEqual(['unreadable']);
    expect(verdictOf(10, hud(null))).toEqual(['missing']);
    expect(verdictOf(10, { hud: { health: null }, teams: null } as unknown as VisionResult)).toEqual(['missing']);
  });

  it('calls a value phantom that is not on the screen, unless its age reaches back to when it was', () => {
    expect(verdictOf(75, hud(80))).toEqual(['phantom']);
    expect(verdictOf(75, hud(80, 600))).toEqual([]);
    expect(verdictOf(75, hud(null))).toEqual([]);
  });

  it('reads team scores, whose age is that of the heavy stage', () => {
    const blue: ExpectedField = {
      ...health,
      name: 'scores.blue',
      at: { score: ['blue'] },
      drawn: (frame) => (frame < 30 ? 0 : 1),
    };
    const result = (score: number | null, age: number) =>
      ({
        hud: {},
        teams: { scores: { red: 0, blue: score } },
        metadata: { heavy_age_ms: age },
      }) as unknown as VisionResult;
    expect(scoreField(blue, [{ sourceFrame: 40, result: result(1, 0) }], 30)).toMatchObject({ frames: 1, exact: 1 });
    expect(scoreField(blue, [{ sourceFrame: 40, result: result(0, 400) }], 30)).toMatchObject({ frames: 1, late: 1 });
    expect(scoreField(blue, [{ sourceFrame: 40, result: result(null, 0) }], 30)).toMatchObject({
      frames: 1,
      missing: 1,
    });
  });

  it('adds up to rates over the frames that show the field', () => {
    const frames = [
      { sourceFrame: 0, result: hud(100) },
      { sourceFrame: 33, result: hud(100, 100) },
      { sourceFrame: 40, result: hud(7) },
      { sourceFrame: 50, result: hud(null) },
      { sourceFrame: 90, result: hud(null) },
    ];
    const score = scoreField(health, frames, 30);
    expect(score).toMatchObject({ frames: 4, exact: 1, late: 1, wrong: 1, missing: 1, phantom: 0 });
    expect(score.examples).toEqual(['frame 40: read 7, drawn 80']);
    expect(exactRate(addScores([score, score]))).toBe(0.25);
    expect(withinAgeRate(addScores([score, score]))).toBe(0.5);
  });
});
