import type { RgbImage } from '@jiga/media';
import type { GameProfile, RegionProfile } from '../profiles/profile.types.js';
import type { PixelRect } from './crop.js';
import { toPixels } from './geometry.js';
import { inkMap, inkRows } from './text-ink.js';

/** Share of a line's height where letters stand, and where the gap to the next line is. */
const LETTERS = [0.08, 0.72] as const;
const GAP = [0.84, 1.02] as const;

/** How well the ink of the rows fits lines of height `pitch`: mean ink in the letter rows less twice that in the gaps. */
function fit(rows: Uint16Array, pitch: number): number {
  const letters = { sum: 0, count: 0 };
  const gaps = { sum: 0, count: 0 };
  rows.forEach((ink, y) => {
    const phase = ((y + 0.5) / pitch) % 1;
    if (phase > LETTERS[0] && phase < LETTERS[1]) {
      letters.sum += ink;
      letters.count++;
    } else if (phase > GAP[0] || phase < GAP[1] - 1) {
      gaps.sum += ink;
      gaps.count++;
    }
  });
  return letters.sum / Math.max(1, letters.count) - (2 * gaps.sum) / Math.max(1, gaps.count);
}

/**
 * Finds out how high the lines of a `pixelLines` region are in the picture: the game draws them in pixels of its own
 * size, which the sender may have scaled. Gathers evidence over the session's frames.
 */
export class LinePitch {
  private readonly scores = new Map<number, number>();

  /** Line height in pixels of this picture that fits best so far. */
  estimate(image: RgbImage, region: RegionProfile, area: PixelRect): number {
    const lines = region.pixelLines;
    if (!lines) return area.height;
    // A picture of a common size most likely was not scaled: the starting point until lines have been seen.
    let best = { height: nearest(lines.renderHeights, image.height), score: 2 };
    for (const height of lines.renderHeights) {
      const pitch = (lines.lineHeightPx * image.height) / height;
      const score = (this.scores.get(height) ?? 0) * 0.9 + this.measure(image, area, pitch, lines.lines);
      this.scores.set(height, score);
      if (score > best.score) best = { height, score };
    }
    return (lines.lineHeightPx * image.height) / best.height;
  }

  private measure(image: RgbImage, area: PixelRect, pitch: number, lines: number): number {
    if (pitch < 4) return 0;
    const height = Math.min(image.height - area.y, Math.ceil(pitch * lines));
    return Math.max(0, fit(inkRows(inkMap(image, { ...area, height }, pitch * 0.7)), pitch));
  }
}

function nearest(values: readonly number[], wanted: number): number {
  return values.reduce(
    (best, value) => (Math.abs(value - wanted) < Math.abs(best - wanted) ? value : best),
    values[0] ?? wanted,
  );
}

/** Rectangles of the lines of a region for a line height in pixels, from the top. */
export function pixelLineRects(region: RegionProfile, area: PixelRect, pitch: number): PixelRect[] {
  const count = region.pixelLines?.lines ?? 0;
  return Array.from({ length: count }, (_, index) => ({
    x: area.x,
    y: area.y + Math.round(index * pitch),
    width: area.width,
    height: Math.max(1, Math.round(pitch * 0.86)),
  }));
}

/** Of the arrangements that a region knows, the lines of the one that the ink fits best. */
export function layoutRects(
  image: RgbImage,
  region: RegionProfile,
  canvas: GameProfile['canvas'],
  area: PixelRect,
): PixelRect[] {
  let best: { rects: PixelRect[]; score: number } = { rects: [], score: -Infinity };
  const layouts = (region.layouts ?? []).map((layout) => layout.boxes.map((box) => toPixels(box, canvas, image)));
  const glyph = (layouts[0]?.[0]?.height ?? area.height) * (region.glyphShare ?? 0.7);
  const rows = inkRows(inkMap(image, area, glyph));
  const total = rows.reduce((sum, ink) => sum + ink, 0) / Math.max(1, rows.length);
  for (const rects of layouts) {
    const inside = rects.map((rect) => rowMean(rows, rect, area));
    // Rows of lines must hold ink each, and more than the area has on the whole.
    const score = Math.min(...inside) - total;
    if (score > best.score) best = { rects, score };
  }
  return best.rects;
}

/** Mean ink in the rows where a line's letters stand. */
function rowMean(rows: Uint16Array, rect: PixelRect, area: PixelRect): number {
  const top = Math.max(0, rect.y - area.y + Math.round(rect.height * 0.15));
  const bottom = Math.min(rows.length, rect.y - area.y + Math.round(rect.height * 0.8));
  let sum = 0;
  for (let y = top; y < bottom; y++) sum += rows[y] ?? 0;
  return sum / Math.max(1, bottom - top);
}
