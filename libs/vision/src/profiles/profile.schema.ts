import type { CanvasBox, GameProfile, RegionProfile } from './profile.types.js';

/** A profile that contradicts itself; `problems` says where. */
export class ProfileError extends Error {
  override readonly name = 'ProfileError';

  constructor(
    profile: string,
    readonly problems: readonly string[],
  ) {
    super(`Game profile ${profile} is not valid: ${problems.join('; ')}`);
  }
}

/** Returns the profile if it is sound: boxes on the canvas, names unique and known, patterns valid. Throws {@link ProfileError}. */
export function checkProfile(profile: GameProfile, glyphSets: readonly string[]): GameProfile {
  const problems: string[] = [];
  if (!/^[a-z][a-z0-9_]*$/.test(profile.id)) problems.push('the id must be snake_case');
  if (!(profile.canvas.width > 0 && profile.canvas.height > 0)) problems.push('the canvas has no size');
  const names = new Set<string>();
  for (const region of profile.regions) {
    if (names.has(region.name)) problems.push(`${region.name}: the name is taken`);
    names.add(region.name);
    problems.push(...regionProblems(region, profile, glyphSets).map((problem) => `${region.name}: ${problem}`));
  }
  for (const { name, onlyWhile } of profile.regions) {
    if (onlyWhile && !names.has(onlyWhile.region)) problems.push(`${name}: onlyWhile names no region`);
  }
  if (problems.length > 0) throw new ProfileError(profile.id, problems);
  return profile;
}

function regionProblems(region: RegionProfile, profile: GameProfile, glyphSets: readonly string[]): string[] {
  const boxes = [region.box, ...(region.alternatives ?? []), ...(region.layouts ?? []).flatMap(({ boxes }) => boxes)];
  const colors = profile.colors.map(({ name }) => name);
  const [low, high] = region.range ?? [0, 0];
  const share = (value: number | undefined): boolean => value === undefined || (value >= 0 && value <= 1);
  const rules: readonly (readonly [boolean, string])[] = [
    [boxes.every((box) => isOnCanvas(box, profile.canvas)), 'a box is not on the canvas'],
    [low <= high, 'the range is empty'],
    [share(region.minConfidence) && share(region.evidence) && share(region.glyphShare), 'a share is not within 0–1'],
    [(region.colors ?? []).every((name) => colors.includes(name)), 'a colour is not known'],
    [region.kind !== 'digits' || glyphSets.includes(region.cell?.glyphs ?? ''), 'the glyph set is not known'],
    [!isText(region) || (region.characters ?? '') !== '', 'text needs its characters'],
    [region.kind !== 'lines' || Boolean(region.layouts ?? region.pixelLines), 'lines need layouts or pixelLines'],
    [isPattern(region.pattern), 'the pattern is not a regular expression'],
  ];
  return rules.filter(([holds]) => !holds).map(([, problem]) => problem);
}

const isText = ({ kind }: RegionProfile): boolean => kind === 'text' || kind === 'lines';

function isOnCanvas([x, y, width, height]: CanvasBox, canvas: GameProfile['canvas']): boolean {
  return x >= 0 && y >= 0 && width > 0 && height > 0 && x + width <= canvas.width && y + height <= canvas.height;
}

function isPattern(pattern: string | undefined): boolean {
  if (pattern === undefined) return true;
  try {
    return new RegExp(pattern).source !== '';
  } catch {
    return false;
  }
}
