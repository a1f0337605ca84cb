import type { RgbImage } from '@jiga/media';
import type { GameProfile, RegionProfile } from '../profiles/profile.types.js';
import type { RegionReading } from '../types.js';
import { dominantColor, tintColor } from './color.js';
import { classMask } from './ctc.js';
import type { ClassMask } from './ctc.js';
import { colorRules, readDigits } from './digit-region.js';
import { toBox, toPixels } from './geometry.js';
import type { OcrModel } from './ocr-model.js';
import type { RecognitionState } from './region-state.js';
import { readLinesRegion, readTextRegion } from './text-region.js';

/** Readings of one frame before the game is judged. */
export interface RegionPass {
  readonly regions: readonly RegionReading[];
  readonly unchanged: readonly string[];
  /** Regions that there was no time for. */
  readonly deferred: readonly string[];
}

/** Reads the regions of a profile, most important first, within a time budget. */
export class FrameReader {
  private readonly masks = new Map<string, ClassMask>();

  constructor(
    private readonly model: OcrModel,
    private readonly nowMs: () => number,
  ) {}

  async read(image: RgbImage, profile: GameProfile, state: RecognitionState, budgetMs: number): Promise<RegionPass> {
    const deadline = this.nowMs() + budgetMs;
    const regions: RegionReading[] = [];
    const deferred: string[] = [];
    for (const region of profile.regions.toSorted((a, b) => a.priority - b.priority)) {
      const readings = await this.readRegion(image, profile, region, state, deadline);
      if (readings) regions.push(...readings);
      else deferred.push(region.name);
    }
    return { regions, unchanged: [], deferred };
  }

  private async readRegion(
    image: RgbImage,
    profile: GameProfile,
    region: RegionProfile,
    state: RecognitionState,
    deadline: number,
  ): Promise<readonly RegionReading[] | null> {
    const mask = this.mask(region.characters ?? '');
    const mayRead = (): boolean => this.nowMs() < deadline;
    const context = { model: this.model, image, profile, mask, mayRead };
    switch (region.kind) {
      case 'digits':
        return mayRead() ? [await readDigits(this.model, image, profile, region, mask)] : null;
      case 'text': {
        const reading = await readTextRegion(context, region, state.of(region.name));
        return reading && [reading];
      }
      case 'lines':
        return readLinesRegion(context, region, state.of(region.name));
      case 'fill':
      case 'tint':
        return [readColor(image, profile, region)];
    }
  }

  private mask(allowed: string): ClassMask {
    let mask = this.masks.get(allowed);
    if (!mask) {
      mask = classMask(allowed, this.model.characters);
      this.masks.set(allowed, mask);
    }
    return mask;
  }
}

/** Share of a filled region that must have its colour. */
const MIN_FILL = 0.15;

function readColor(image: RgbImage, profile: GameProfile, region: RegionProfile): RegionReading {
  const rect = toPixels(region.box, profile.canvas, image);
  const tint = region.kind === 'tint' ? tintColor(image, rect) : null;
  const fill = region.kind === 'fill' ? dominantColor(image, rect, colorRules(profile, region), MIN_FILL) : null;
  const color = tint?.name ?? fill?.name ?? null;
  return {
    region: region.name,
    outcome: color ? 'read' : 'empty',
    text: null,
    confidence: Math.round((tint?.confidence ?? fill?.share ?? 0) * 1000) / 1000,
    box: toBox(rect, image),
    color,
  };
}
