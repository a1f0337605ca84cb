import type { RgbImage } from '@jiga/media';
import type { CanvasBox, ColorRule, GameProfile, RegionProfile } from '../profiles/profile.types.js';
import type { RegionReading } from '../types.js';
import { decodeCells, numberRules, templateRules } from './cell-number.js';
import type { CellText } from './cell-number.js';
import { dominantColor } from './color.js';
import { toBox, toPixels } from './geometry.js';
import type { Cell, GlyphClassifier } from './glyph-classifier.js';
import type { RegionState } from './region-state.js';

/** Share of the area that must have a colour for it to be named. */
const MIN_COLOR_SHARE = 0.12;

interface FoundNumber extends CellText {
  readonly outcome: RegionReading['outcome'];
}

/** Reads a `digits` region cell by cell, at the place where it stood last or else at its other places. */
export function readDigitRegion(
  glyphs: GlyphClassifier,
  image: RgbImage,
  profile: GameProfile,
  region: RegionProfile,
  state: RegionState,
): RegionReading {
  const places = [region.box, ...(region.alternatives ?? [])];
  const order = new Set([state.place, ...places.keys()]);
  let best: { place: number; found: FoundNumber } | null = null;
  for (const place of order) {
    const box = places[place];
    if (!box) continue;
    const found = readCells(glyphs, image, profile, region, box);
    if (found.outcome === 'read') {
      state.place = place;
      return toReading(image, profile, region, box, found);
    }
    // Something unclear at the usual place says more than nothing at another one.
    if (!best || (place === state.place && found.outcome === 'unreadable')) best = { place, found };
  }
  return toReading(image, profile, region, places[best?.place ?? 0] ?? region.box, best?.found ?? NOTHING);
}

const NOTHING: FoundNumber = { text: '', confidence: 0, outcome: 'empty' };

function readCells(
  glyphs: GlyphClassifier,
  image: RgbImage,
  profile: GameProfile,
  region: RegionProfile,
  box: CanvasBox,
): FoundNumber {
  const cells = cellsOf(profile, region, box, image).map((cell) => glyphs.classify(image, cell));
  const { template, least = 1 } = region.cell ?? {};
  const [low, high] = region.range ?? [0, Number.MAX_SAFE_INTEGER];
  const rules = template === undefined ? numberRules(cells.length) : templateRules(template);
  const { text, confidence } = decodeCells(cells, rules, least, template === undefined && low < 0);
  const plausible = template !== undefined || (Number(text) >= low && Number(text) <= high);
  const sure = confidence >= (region.minConfidence ?? 0.5);
  if (text === '') return { text, confidence, outcome: sure ? 'empty' : 'unreadable' };
  return { text, confidence, outcome: sure && plausible ? 'read' : 'unreadable' };
}

/** The cells of a box from the left, right-aligned in it, in pixels. */
function cellsOf(profile: GameProfile, region: RegionProfile, box: CanvasBox, image: RgbImage): Cell[] {
  const width = region.cell?.width ?? box[2];
  const margin = region.cell?.margin ?? 0;
  const height = region.cell?.height ?? box[3];
  const count = Math.max(1, Math.floor((box[2] - margin) / width));
  const [scaleX, scaleY] = [image.width / profile.canvas.width, image.height / profile.canvas.height];
  const left = box[0] + box[2] - margin - count * width;
  const top = box[1] + (box[3] - height) / 2;
  return Array.from({ length: count }, (_, index) => ({
    x: (left + index * width) * scaleX,
    y: top * scaleY,
    width: width * scaleX,
    height: height * scaleY,
  }));
}

function toReading(
  image: RgbImage,
  profile: GameProfile,
  region: RegionProfile,
  box: CanvasBox,
  found: FoundNumber,
): RegionReading {
  const rect = toPixels(box, profile.canvas, image);
  const rules = colorRules(profile, region);
  const color = rules.length > 0 ? dominantColor(image, rect, rules, MIN_COLOR_SHARE) : null;
  return {
    region: region.name,
    outcome: found.outcome,
    text: found.outcome === 'read' ? found.text : null,
    confidence: Math.round(found.confidence * 1000) / 1000,
    box: toBox(rect, image),
    color: color?.name ?? null,
  };
}

/** The profile's colour rules that a region names, in the region's order. */
export function colorRules(profile: GameProfile, region: RegionProfile): ColorRule[] {
  return (region.colors ?? []).flatMap((name) => profile.colors.filter((rule) => rule.name === name));
}
