import type { RgbImage } from '@jiga/media';
import type { GameProfile, RegionProfile } from '../profiles/profile.types.js';
import type { PixelRect } from './crop.js';
import { toPixels } from './geometry.js';
import { inkColumns, inkMap, inkRows, textExtent } from './text-ink.js';

/** Share of a line's height where letters stand, and where the gap to the next line is. */
const LETTERS = [0.08, 0.72] as const;
const GAP = [0.84, 1.02] as const;
/** A line's first stroke stands this far from the left edge, in line heights: half a height of margin and the letter's own. */
const FIRST_STROKE = [0.42, 0.85] as const;
const MIN_LINE_WIDTH = 3;
/** Evidence of earlier frames fades, so that a stream that changes its size is followed. */
const FADING = 0.97;
const MIN_EVIDENCE = 1.5;

/** Ink in the gap below a line against that in its letters: 1 is a clean line, below 0.5 none. */
function cleanness(rows: Uint16Array, pitch: number): number {
  const letters = { sum: 0, count: 0 };
  const gaps = { sum: 0, count: 0 };
  rows.forEach((ink, y) => {
    const phase = (y + 0.5) / pitch;
    if (phase > LETTERS[0] && phase < LETTERS[1]) {
      letters.sum += ink;
      letters.count++;
    } else if (phase > GAP[0] && phase < GAP[1]) {
      gaps.sum += ink;
      gaps.count++;
    }
  });
  const inLetters = letters.sum / Math.max(1, letters.count);
  const inGaps = gaps.sum / Math.max(1, gaps.count);
  return inLetters > 0 ? 1 - (2 * inGaps) / inLetters : 0;
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
    let best = { height: nearest(lines.renderHeights, image.height), score: MIN_EVIDENCE };
    for (const height of lines.renderHeights) {
      const pitch = (lines.lineHeightPx * image.height) / height;
      const score = (this.scores.get(height) ?? 0) * FADING + likeness(image, area, pitch);
      this.scores.set(height, score);
      if (score > best.score) best = { height, score };
    }
    return (lines.lineHeightPx * image.height) / best.height;
  }
}

/** How much the top of the area looks like a line of this height: 0 to 1. */
function likeness(image: RgbImage, area: PixelRect, pitch: number): number {
  if (pitch < 4) return 0;
  const width = Math.min(area.width, Math.ceil(pitch * 24));
  const height = Math.min(area.height, Math.ceil(pitch * GAP[1]));
  const ink = inkMap(image, { ...area, width, height }, pitch * 0.7);
  const extent = textExtent(inkColumns(ink, 0, Math.round(pitch * LETTERS[1])), pitch * 1.5, 'left');
  if (!extent || extent.right - extent.left < pitch * MIN_LINE_WIDTH) return 0;
  const start = extent.left / pitch;
  if (start < FIRST_STROKE[0] || start > FIRST_STROKE[1]) return 0;
  const clean = cleanness(inkRows(ink), pitch);
  return clean > 0.5 ? clean : 0;
}

function nearest(values: readonly number[], wanted: number): number {
  return values.reduce(
    (best, value) => (Math.abs(value - wanted) < Math.abs(best - wanted) ? value : best),
    values[0] ?? wanted,
  );
}

/** Share of a line's height that is read: the gap below is left out. */
export const LINE_FILL = 0.86;

/** Rectangles of the lines of a region for a line height in pixels, from the top. */
export function pixelLineRects(region: RegionProfile, area: PixelRect, pitch: number): PixelRect[] {
  const count = region.pixelLines?.lines ?? 0;
  return Array.from({ length: count }, (_, index) => ({
    x: area.x,
    y: area.y + Math.round(index * pitch),
    width: area.width,
    height: Math.max(1, Math.round(pitch * LINE_FILL)),
  }));
}

/** Ink a row that a line has at least, as a share of the area's width, and how much more than the gaps around it. */
const MIN_ROW_INK = 0.014;
const MIN_CONTRAST = 2;

/**
 * Of the arrangements that a region knows, the lines of the one that the ink fits best: much in the rows of every
 * line, little in the gaps above and below. Empty when none fits; the scene behind has ink everywhere alike.
 */
export function layoutRects(
  image: RgbImage,
  region: RegionProfile,
  canvas: GameProfile['canvas'],
  area: PixelRect,
): PixelRect[] {
  let best: { rects: PixelRect[]; score: number } = { rects: [], score: 0 };
  const layouts = (region.layouts ?? []).map((layout) => layout.boxes.map((box) => toPixels(box, canvas, image)));
  const glyph = (layouts[0]?.[0]?.height ?? area.height) * (region.glyphShare ?? 0.7);
  const rows = inkRows(inkMap(image, area, glyph));
  for (const rects of layouts) {
    const inside = Math.min(...rects.map((rect) => rowMean(rows, rect.y - area.y, rect.height, [0.12, 0.78])));
    const gaps = gapMean(rows, rects, area);
    const fits = inside >= area.width * MIN_ROW_INK && inside >= gaps * MIN_CONTRAST;
    if (fits && inside - gaps > best.score) best = { rects, score: inside - gaps };
  }
  return best.rects;
}

/** Whether the ink in a rectangle looks like one line of text: much in the letter rows, little above and below. */
export function looksLikeLine(image: RgbImage, rect: PixelRect, glyphHeight: number): boolean {
  const margin = Math.round(rect.height * 0.3);
  const top = Math.max(0, rect.y - margin);
  const bottom = Math.min(image.height, rect.y + rect.height + margin);
  const area = { ...rect, y: top, height: bottom - top };
  const rows = inkRows(inkMap(image, area, glyphHeight));
  const inside = rowMean(rows, rect.y - top, rect.height, [0.12, 0.78]);
  return inside >= glyphHeight * 0.25 && inside >= gapMean(rows, [rect], area) * MIN_CONTRAST;
}

/** Mean ink in a little above the first line and a little below the last one, where no letters stand. */
function gapMean(rows: Uint16Array, rects: readonly PixelRect[], area: PixelRect): number {
  const [first, last] = [rects.at(0), rects.at(-1)];
  if (!first || !last) return 0;
  const above = rowMean(rows, first.y - area.y, first.height, [-0.22, 0.03]);
  const below = rowMean(rows, last.y - area.y, last.height, [0.88, 1.18]);
  return (above + below) / 2;
}

/** Mean ink of the rows within a part of a line's height (0 is its top, 1 its bottom). */
function rowMean(rows: Uint16Array, top: number, height: number, [from, to]: readonly [number, number]): number {
  const first = Math.max(0, Math.round(top + height * from));
  const end = Math.min(rows.length, Math.round(top + height * to));
  let sum = 0;
  for (let y = first; y < end; y++) sum += rows[y] ?? 0;
  return sum / Math.max(1, end - first);
}
