import type { RegionProfile } from '../profiles/profile.types.js';

/** Names under which a region's readings are given. */
export function readingNames(region: RegionProfile): string[] {
  if (region.kind !== 'lines') return [region.name];
  const count = region.pixelLines?.lines ?? Math.max(0, ...(region.layouts ?? []).map(({ boxes }) => boxes.length));
  return Array.from({ length: count }, (_, index) => `${region.name}_${index + 1}`);
}
