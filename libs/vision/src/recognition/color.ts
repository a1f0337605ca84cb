import type { RgbImage } from '@jiga/media';
import type { ColorRule } from '../profiles/profile.types.js';
import type { PixelRect } from './crop.js';

/** Hue of one pixel in degrees; 0 for grey. */
export function hueOf(red: number, green: number, blue: number): number {
  const max = Math.max(red, green, blue);
  const chroma = max - Math.min(red, green, blue);
  if (chroma === 0) return 0;
  if (max === red) return (((green - blue) / chroma + 6) % 6) * 60;
  return (max === green ? (blue - red) / chroma + 2 : (red - green) / chroma + 4) * 60;
}

/** A range whose ends are the wrong way round goes through zero, as hues do. */
function inRange(value: number, from: number, to: number): boolean {
  return from <= to ? value >= from && value <= to : value >= from || value <= to;
}

/**
 * Share of the rectangle's pixels that each rule holds for, in the order of `rules`. Samples at most ~2,000 pixels. Every frame
 * does this for some dozen places: the loop makes no arrays and takes none apart, which took half of its time.
 */
export function colorShares(image: RgbImage, rect: PixelRect, rules: readonly ColorRule[]): number[] {
  const { data } = image;
  const counts = rules.map(() => 0);
  const bounds = Float64Array.from(rules.flatMap(({ value, saturation, hue }) => [...value, ...saturation, ...hue]));
  const bound = (rule: number, which: number): number => bounds[rule * 6 + which] ?? 0;
  const stride = Math.max(1, Math.floor(Math.sqrt((rect.width * rect.height) / 2000)));
  let pixels = 0;
  for (let y = rect.y; y < rect.y + rect.height; y += stride) {
    for (let x = rect.x; x < rect.x + rect.width; x += stride, pixels++) {
      const at = (y * image.width + x) * 3;
      const red = data[at] ?? 0;
      const green = data[at + 1] ?? 0;
      const blue = data[at + 2] ?? 0;
      const max = Math.max(red, green, blue);
      const value = max / 255;
      const saturation = max === 0 ? 0 : (max - Math.min(red, green, blue)) / max;
      // Most pixels are told apart without their hue, which costs the most.
      let hue = -1;
      for (let i = 0; i < counts.length; i++) {
        if (!inRange(value, bound(i, 0), bound(i, 1)) || !inRange(saturation, bound(i, 2), bound(i, 3))) continue;
        if (hue < 0) hue = hueOf(red, green, blue);
        if (inRange(hue, bound(i, 4), bound(i, 5))) counts[i] = (counts[i] ?? 0) + 1;
      }
    }
  }
  return counts.map((count) => (pixels > 0 ? count / pixels : 0));
}

/** The rule that holds for most pixels, if for at least `minShare` of them. */
export function dominantColor(
  image: RgbImage,
  rect: PixelRect,
  rules: readonly ColorRule[],
  minShare: number,
): { name: string; share: number } | null {
  const shares = colorShares(image, rect, rules);
  let best = -1;
  shares.forEach((share, i) => {
    if (share >= minShare && share > (shares[best] ?? 0)) best = i;
  });
  const rule = rules[best];
  return rule ? { name: rule.name, share: shares[best] ?? 0 } : null;
}

/** A tint leaves about two thirds of the channels that it does not have, and adds at least so much of its own. */
const TINT_KEEPS = 0.67;
const TINT_DIMS_TO = 0.85;
const TINT_LIFTS = 8;
/** Channels darker than this above the edge say nothing about dimming. */
const MIN_LIGHT = 8;

/**
 * The colour of a transparent area over the scene, told by what changes across its upper edge: a tint of a third dims
 * the two other channels by a third and lifts its own. Many columns vote, so that single objects that end at the edge
 * do not matter.
 * @param rect the area just below the edge; an area as high above it is compared
 */
export function tintColor(image: RgbImage, rect: PixelRect): { name: 'red' | 'blue'; confidence: number } | null {
  const votes = { red: 0, blue: 0, none: 0 };
  const columns = Math.min(rect.width, 120);
  for (let index = 0; index < columns; index++) {
    const x = rect.x + Math.floor(((index + 0.5) * rect.width) / columns);
    const above = columnMean(image, x, rect.y - rect.height - 1, rect.y - 1);
    const below = columnMean(image, x, rect.y + 1, rect.y + rect.height + 1);
    const vote = tintVote(above, below);
    if (vote) votes[vote]++;
  }
  const name = votes.red >= votes.blue ? 'red' : 'blue';
  const cast = votes.red + votes.blue + votes.none;
  const confidence = cast > 0 ? votes[name] / cast : 0;
  return cast >= columns * 0.3 && confidence >= 0.6 ? { name, confidence } : null;
}

type Rgb = readonly [red: number, green: number, blue: number];

/** Null when the column is too dark to tell. */
function tintVote(above: Rgb, below: Rgb): 'red' | 'blue' | 'none' | null {
  const dims = (channel: 0 | 1 | 2): boolean => below[channel] < above[channel] * TINT_DIMS_TO;
  const lifts = (channel: 0 | 2): boolean => below[channel] - above[channel] * TINT_KEEPS >= TINT_LIFTS;
  if (above[1] < MIN_LIGHT) return null;
  if (!dims(1)) return 'none';
  if (lifts(0) && dims(2)) return 'red';
  return lifts(2) && dims(0) ? 'blue' : 'none';
}

function columnMean(image: RgbImage, x: number, top: number, bottom: number): [number, number, number] {
  const sums: [number, number, number] = [0, 0, 0];
  const from = Math.max(0, top);
  const to = Math.min(image.height, bottom);
  for (let y = from; y < to; y++) {
    const at = (y * image.width + x) * 3;
    sums[0] += image.data[at] ?? 0;
    sums[1] += image.data[at + 1] ?? 0;
    sums[2] += image.data[at + 2] ?? 0;
  }
  const rows = Math.max(1, to - from);
  return [sums[0] / rows, sums[1] / rows, sums[2] / rows];
}
