import type { RgbImage } from '@jiga/media';
import { ocrInput } from './crop.js';
import type { PixelRect } from './crop.js';
import { decodeCtc } from './ctc.js';
import type { ClassMask, DecodedText } from './ctc.js';
import { OCR_HEIGHT, PIXELS_PER_STEP } from './ocr-model.js';
import type { OcrModel } from './ocr-model.js';
import { inkColumns, inkMap, textExtent } from './text-ink.js';
import type { InkMap } from './text-ink.js';

export interface FoundText extends DecodedText {
  /** Where the letters are, in pixels. */
  readonly rect: PixelRect;
}

/** A line must be at least this many letter heights wide and hold this share of ink to be worth recognising. */
const MIN_WIDTH_IN_GLYPHS = 0.8;
const MIN_INK_SHARE = 0.05;
const MAX_INK_SHARE = 0.5;

export interface LineStyle {
  readonly align: 'left' | 'center' | 'right';
  /** Share of the rectangle's height that the letters take. */
  readonly glyphShare: number;
}

/** Where a line of bright letters stands in the rectangle; null when nothing there looks like one. */
export function findLine(image: RgbImage, rect: PixelRect, style: LineStyle): PixelRect | null {
  const glyph = rect.height * style.glyphShare;
  return lineIn(inkMap(image, rect, glyph), rect, style);
}

function lineIn(ink: InkMap, rect: PixelRect, style: LineStyle): PixelRect | null {
  const glyph = rect.height * style.glyphShare;
  const extent = textExtent(inkColumns(ink), glyph * 2.2, style.align);
  if (!extent || extent.right - extent.left < glyph * MIN_WIDTH_IN_GLYPHS) return null;
  const share = extent.ink / ((extent.right - extent.left) * rect.height);
  if (share < MIN_INK_SHARE || share > MAX_INK_SHARE) return null;
  const margin = Math.ceil(glyph * 0.3);
  const left = Math.max(0, extent.left - margin);
  const right = Math.min(rect.width, extent.right + margin);
  return { ...rect, x: rect.x + left, width: right - left };
}

/**
 * Recognises one line of text that fills `rect`. Blocks its thread for the time of the recognition.
 * @param letterPitch distance of neighbouring letters in pixels where all are equally wide
 */
export async function readLine(
  model: OcrModel,
  image: RgbImage,
  rect: PixelRect,
  mask: ClassMask,
  { stretch = 1, letterPitch = null }: { stretch?: number | undefined; letterPitch?: number | null } = {},
): Promise<FoundText> {
  const letterSteps =
    letterPitch === null ? null : (letterPitch * stretch * OCR_HEIGHT) / rect.height / PIXELS_PER_STEP;
  return { ...decodeCtc(await model.run(ocrInput(image, rect, stretch)), mask, letterSteps), rect };
}
