import { describe, expect, it } from '@jest/globals';
import { OPENARENA } from './openarena.profile.js';
import { GLYPH_SETS, PROFILES } from './profile.registry.js';
import { ProfileError, checkProfile } from './profile.schema.js';
import type { RegionProfile } from './profile.types.js';

const SETS = GLYPH_SETS.map(({ name }) => name);
const [first] = OPENARENA.regions;

function problemsOf(change: Partial<RegionProfile>): readonly string[] {
  const region = { ...(first as RegionProfile), ...change };
  try {
    checkProfile({ ...OPENARENA, regions: [region] }, SETS);
    return [];
  } catch (error) {
    return (error as ProfileError).problems;
  }
}

describe('checkProfile', () => {
  it('accepts every profile that comes with the product', () => {
    expect(PROFILES.map(({ id }) => id)).toContain('openarena');
  });

  it.each<[string, Partial<RegionProfile>]>([
    ['a box beside the canvas', { box: [600, 0, 50, 10] }],
    ['a box without height', { box: [0, 0, 50, 0] }],
    ['a colour that has no rule', { colors: ['mauve'] }],
    ['a glyph set that does not exist', { cell: { width: 32, glyphs: 'nobody' } }],
    ['an empty range', { range: [5, 1] }],
    ['a confidence above 1', { minConfidence: 1.5 }],
    ['text without characters', { kind: 'text' }],
    ['lines without a layout', { kind: 'lines', characters: 'abc' }],
    ['a broken pattern', { pattern: '(' }],
    ['a condition on a region that is not there', { onlyWhile: { region: 'nothing', outcome: 'read' } }],
  ])('refuses %s', (_, change) => {
    expect(problemsOf(change)).toHaveLength(1);
  });

  it('refuses two regions of one name', () => {
    const regions = [first as RegionProfile, first as RegionProfile];
    expect(() => checkProfile({ ...OPENARENA, regions }, SETS)).toThrow(ProfileError);
  });
});
