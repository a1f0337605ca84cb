import type { RgbImage } from '@jiga/media';
import type { GameProfile, RegionProfile } from '../profiles/profile.types.js';
import type { RegionReading } from '../types.js';
import type { PixelRect } from './crop.js';
import type { ClassMask, DecodedText } from './ctc.js';
import { insetY, toBox, toPixels } from './geometry.js';
import type { InkMemory } from './ink-memory.js';
import { LINE_FILL, layoutRects, looksLikeLine, pixelLineRects } from './line-layout.js';
import type { OcrModel } from './ocr-model.js';
import { readingNames } from './reading-names.js';
import type { RegionState } from './region-state.js';
import { inkMap } from './text-ink.js';
import { strokesKey } from './text-memo.js';
import type { TextMemo } from './text-memo.js';
import { findLine, readLine } from './text-reader.js';

/** Below this the reading is taken for noise of the scene, between it and the region's own limit for unclear text. */
const NOISE_CONFIDENCE = 0.45;
/** Text that was read with less is recognised again while it stays, at most so many times. */
const SURE_CONFIDENCE = 0.97;
const MAX_READS = 3;

/** What reading a text region needs. `mayRead` says whether there is still time for another recognition. */
export interface TextContext {
  readonly model: OcrModel;
  readonly image: RgbImage;
  readonly profile: GameProfile;
  readonly mask: ClassMask;
  readonly mayRead: () => boolean;
  /** What was read for others; null when this session keeps to itself. */
  readonly memo: TextMemo | null;
  readonly tally: TextTally;
}

/** Counts lines of text that were known, and those that the recogniser read. */
export interface TextTally {
  hits: number;
  misses: number;
}

/** Readings, and whether there was time for all of them. */
export interface TextResult {
  readonly readings: readonly RegionReading[];
  readonly complete: boolean;
}

/** Reads a `text` region. */
export async function readTextRegion(
  context: TextContext,
  region: RegionProfile,
  state: RegionState,
): Promise<TextResult> {
  const places = [region.box, ...(region.alternatives ?? [])];
  // The place where it stood last, then one other: the rest have their turn in the next frames.
  const order = [state.place, (state.place + 1 + (state.misses % Math.max(1, places.length - 1))) % places.length];
  let found: RegionReading | null = null;
  for (const place of new Set(order)) {
    const box = places[place];
    if (!box) continue;
    const rect = toPixels(box, context.profile.canvas, context.image);
    const reading = looksLikeLine(context.image, rect, rect.height * (region.glyphShare ?? 0.8))
      ? await readLineAt(context, region, rect, state.memory)
      : emptyReading(region.name, rect, context.image);
    if (!reading) return { readings: [], complete: false };
    if (reading.outcome === 'read') {
      state.place = place;
      state.misses = 0;
      return { readings: [reading], complete: true };
    }
    found ??= reading;
  }
  state.misses++;
  return { readings: found ? [found] : [], complete: true };
}

/**
 * Reads a `lines` region, one reading for each line, named `<region>_1`, `<region>_2`, … Lines that there was no time
 * for are left out; known ones cost no time.
 */
export async function readLinesRegion(
  context: TextContext,
  region: RegionProfile,
  state: RegionState,
): Promise<TextResult> {
  const area = toPixels(region.box, context.profile.canvas, context.image);
  const rects = region.pixelLines
    ? pixelLineRects(region, area, state.pitch.estimate(context.image, region, area))
    : layoutRects(context.image, region, context.profile.canvas, area);
  const readings: RegionReading[] = [];
  const names = readingNames(region);
  for (const [index, name] of names.entries()) {
    const rect = rects[index];
    const reading = rect
      ? await readLineAt(context, { ...region, name }, rect, state.memory)
      : emptyReading(name, area, context.image);
    if (reading) readings.push(reading);
  }
  return { readings, complete: readings.length === names.length };
}

/** Null when there was no time. */
async function readLineAt(
  context: TextContext,
  region: RegionProfile,
  place: PixelRect,
  memory: InkMemory,
): Promise<RegionReading | null> {
  const { image } = context;
  const style = { align: region.align ?? 'right', glyphShare: region.glyphShare ?? 0.8 };
  const glyph = place.height * style.glyphShare;
  const rect = findLine(image, place, style);
  if (!rect) return emptyReading(region.name, place, image);
  if (glyph < (region.minGlyphPx ?? 0)) {
    return { ...emptyReading(region.name, rect, image), outcome: 'unreadable' };
  }
  const ink = inkMap(image, rect, glyph);
  const known = memory.find(ink, glyph, rect.x);
  if (known && (known.confidence >= SURE_CONFIDENCE || known.reads >= MAX_READS)) {
    context.tally.hits++;
    return judged(region, known, rect, image);
  }
  const key = context.memo && strokesKey(`${context.profile.id} ${region.name.replace(LINE_NUMBER, '')}`, ink);
  const told = key === null ? null : (context.memo?.find(key) ?? null);
  if (!told && !context.mayRead()) return null;
  context.tally[told ? 'hits' : 'misses']++;
  const read = told ?? (await recognise(context, region, place, rect));
  if (key !== null) context.memo?.remember(key, read);
  memory.remember(
    {
      ink,
      left: rect.x,
      glyphHeight: glyph,
      text: read.text,
      confidence: read.confidence,
      reads: (known?.reads ?? 0) + 1,
    },
    known,
  );
  return judged(region, read, rect, image);
}

/** The lines of a region are numbered, and a line keeps its text when it moves up by one. */
const LINE_NUMBER = /_\d+$/;

function recognise(
  context: TextContext,
  region: RegionProfile,
  place: PixelRect,
  rect: PixelRect,
): Promise<DecodedText> {
  const { model, image, mask } = context;
  const letters = { stretch: letterStretch(region, context), letterPitch: letterPitch(region, context, place) };
  return readLine(model, image, insetY(rect, region.insetY ?? 0), mask, letters);
}

/**
 * A canvas that is stretched over a wider picture has wide letters, and recognition costs as much as a line is wide:
 * they are given back their shape, which reads no worse.
 */
function letterStretch({ stretch, pixelLines }: RegionProfile, { profile: { canvas }, image }: TextContext): number {
  if (stretch !== undefined || pixelLines) return stretch ?? 1;
  return Math.min(1, (canvas.width * image.height) / (canvas.height * image.width));
}

/** Distance of neighbouring letters in pixels; null when they differ in width. */
function letterPitch(region: RegionProfile, { profile, image }: TextContext, place: PixelRect): number | null {
  if (region.letterPitch === undefined) return null;
  if (region.pixelLines) return (region.letterPitch * place.height) / LINE_FILL;
  return (region.letterPitch * image.width) / profile.canvas.width;
}

function judged(
  region: RegionProfile,
  found: { readonly text: string; readonly confidence: number },
  rect: PixelRect,
  image: RgbImage,
): RegionReading {
  const fits = found.text !== '' && (!region.pattern || new RegExp(`^(?:${region.pattern})$`).test(found.text));
  const confidence = Math.round(found.confidence * 1000) / 1000;
  const base = { region: region.name, box: toBox(rect, image), confidence, color: null };
  if (fits && found.confidence >= (region.minConfidence ?? 0.5)) return { ...base, outcome: 'read', text: found.text };
  const outcome = found.text !== '' && found.confidence >= NOISE_CONFIDENCE && !region.pattern ? 'unreadable' : 'empty';
  return { ...base, outcome, text: null };
}

function emptyReading(name: string, rect: PixelRect, image: RgbImage): RegionReading {
  return { region: name, outcome: 'empty', text: null, confidence: 1, box: toBox(rect, image), color: null };
}
