import type { RgbImage } from '@jiga/media';
import type { ColorRule, GameProfile, RegionProfile } from '../profiles/profile.types.js';
import type { RegionReading } from '../types.js';
import { dominantColor } from './color.js';
import { ocrInput } from './crop.js';
import { decodeCtc } from './ctc.js';
import type { ClassMask } from './ctc.js';
import { toBox, toPixels } from './geometry.js';
import type { OcrModel } from './ocr-model.js';

/** Reads a `digits` region with the text recogniser. */
export async function readDigits(
  model: OcrModel,
  image: RgbImage,
  profile: GameProfile,
  region: RegionProfile,
  mask: ClassMask,
): Promise<RegionReading> {
  const rect = toPixels(region.box, profile.canvas, image);
  const inset = Math.round(rect.height * 0.1);
  const tight = { ...rect, y: rect.y + inset, height: rect.height - 2 * inset };
  const { text, confidence } = decodeCtc(await model.run(ocrInput(image, region.box[3] < 30 ? tight : rect)), mask);
  const value = Number(text);
  const [low, high] = region.range ?? [0, 999];
  const fits = text !== '' && Number.isInteger(value) && value >= low && value <= high;
  const believed = fits && confidence >= (region.minConfidence ?? 0.5);
  const rules = colorRules(profile, region);
  return {
    region: region.name,
    outcome: believed ? 'read' : 'empty',
    text: believed ? text : null,
    confidence: Math.round(confidence * 1000) / 1000,
    box: toBox(rect, image),
    color: rules.length > 0 ? (dominantColor(image, rect, rules, 0.25)?.name ?? null) : null,
  };
}

export function colorRules(profile: GameProfile, region: RegionProfile): ColorRule[] {
  return (region.colors ?? []).flatMap((name) => profile.colors.filter((rule) => rule.name === name));
}
