import type { RgbImage } from '@jiga/media';
import type { GameProfile, RegionProfile } from '../profiles/profile.types.js';
import type { RegionReading } from '../types.js';
import { dominantColor, tintColor } from './color.js';
import { colorRules } from './digit-region.js';
import { toBox, toPixels } from './geometry.js';

/** Share of a filled region that must have its colour. */
const MIN_FILL = 0.15;

/** Reads a `fill` or `tint` region: `read` with a colour, or `empty`. */
export function readColorRegion(image: RgbImage, profile: GameProfile, region: RegionProfile): RegionReading {
  const rect = toPixels(region.box, profile.canvas, image);
  const found =
    region.kind === 'tint' ? tint(image, rect) : dominantColor(image, rect, colorRules(profile, region), MIN_FILL);
  return {
    region: region.name,
    outcome: found ? 'read' : 'empty',
    text: null,
    confidence: Math.round((found?.share ?? 0) * 1000) / 1000,
    box: toBox(rect, image),
    color: found?.name ?? null,
  };
}

function tint(image: RgbImage, rect: ReturnType<typeof toPixels>): { name: string; share: number } | null {
  const found = tintColor(image, rect);
  return found && { name: found.name, share: found.confidence };
}
