import type { ReuseCounts } from '@jiga/contracts';
import type { RgbImage } from '@jiga/media';
import type { GameProfile, RegionProfile } from '../profiles/profile.types.js';
import type { RegionReading } from '../types.js';
import { blockMeans, largestChange } from './change-gate.js';
import { readColorRegion } from './color-region.js';
import { classMask } from './ctc.js';
import type { ClassMask } from './ctc.js';
import { readDigitRegion } from './digit-region.js';
import { toPixels } from './geometry.js';
import { GlyphClassifier } from './glyph-classifier.js';
import type { GlyphSetData } from './glyph-classifier.js';
import type { OcrModel } from './ocr-model.js';
import { readingNames } from './reading-names.js';
import type { RecognitionState, RegionState } from './region-state.js';
import { readLinesRegion, readTextRegion } from './text-region.js';
import { TextMemo } from './text-memo.js';
import type { ReadingScope } from './worker.messages.js';
import type { TextContext, TextResult, TextTally } from './text-region.js';

/** What was read in one frame. */
export interface RegionPass {
  readonly regions: readonly RegionReading[];
  /** Names of the readings that still hold because the picture there has not changed. */
  readonly unchanged: readonly string[];
  /** Regions that there was no time for. */
  readonly deferred: readonly string[];
  /** Regions and lines of text that were known already, and those that were read anew. */
  readonly reuse: { readonly hud: ReuseCounts; readonly text: ReuseCounts };
}

/** One frame to read. */
export interface FramePicture {
  readonly image: RgbImage;
  /** Unix seconds, by the stream's own clock. */
  readonly timestamp: number;
  /** Whether text may be taken from what was read for others. */
  readonly shareText: boolean;
  readonly scope: ReadingScope;
}

/** One frame while it is read. */
interface Pass {
  readonly picture: FramePicture;
  readonly profile: GameProfile;
  readonly deadline: number;
  readonly tally: TextTally;
}

/** How far each frame of waiting in vain brings a region forward. */
const WAIT_PRIORITY = 2;

/** The most important first, but none waits for ever behind one that takes all the time. */
function inOrder(regions: readonly RegionProfile[], state: RecognitionState): RegionProfile[] {
  const rank = (region: RegionProfile): number => region.priority - WAIT_PRIORITY * state.of(region.name).waits;
  return regions.toSorted((a, b) => rank(a) - rank(b));
}

/** Reads the regions of a profile, most important first, within a time budget. */
export class FrameReader {
  private readonly masks = new Map<string, ClassMask>();
  private readonly memo = new TextMemo();
  private readonly glyphs: ReadonlyMap<string, GlyphClassifier>;

  constructor(
    private readonly model: OcrModel,
    glyphSets: readonly GlyphSetData[],
    private readonly nowMs: () => number,
  ) {
    this.glyphs = new Map(glyphSets.map((set) => [set.name, new GlyphClassifier(set)]));
  }

  /** @param budgetMs time after which no further text recognition is begun */
  async read(
    picture: FramePicture,
    profile: GameProfile,
    state: RecognitionState,
    budgetMs: number,
  ): Promise<RegionPass> {
    const deadline = this.nowMs() + budgetMs;
    const regions: RegionReading[] = [];
    const unchanged: string[] = [];
    const deferred: string[] = [];
    const reuse = { hud: { hits: 0, misses: 0 }, text: { hits: 0, misses: 0 } };
    const pass = { picture, profile, deadline, tally: reuse.text };
    for (const region of inOrder(profile.regions, state)) {
      if (picture.scope === 'numbers' && region.kind !== 'digits') continue;
      const own = state.of(region.name);
      if (!isDue(region, own, state, picture.timestamp)) continue;
      if (isUnchanged(picture.image, profile, region, own)) {
        unchanged.push(...readingNames(region));
        reuse.hud.hits++;
        continue;
      }
      reuse.hud.misses++;
      own.signature = null;
      own.memory.begin(picture.timestamp, (region.everyMs ?? 0) / 1000);
      const hadTime = this.nowMs() < deadline;
      const { readings, complete } = await this.readRegion(pass, region, own);
      regions.push(...readings);
      own.waits = complete || hadTime ? 0 : own.waits + 1;
      if (complete) {
        own.readAt = picture.timestamp;
        own.reading = readings[0] ?? null;
        own.signature = look(picture.image, profile, region, own);
      } else {
        deferred.push(region.name);
      }
    }
    return { regions, unchanged, deferred, reuse };
  }

  private async readRegion(pass: Pass, region: RegionProfile, state: RegionState): Promise<TextResult> {
    const { profile } = pass;
    const { image } = pass.picture;
    switch (region.kind) {
      case 'digits':
        return { readings: [readDigitRegion(this.glyphSet(region), image, profile, region, state)], complete: true };
      case 'fill':
      case 'tint':
        return { readings: [readColorRegion(image, profile, region)], complete: true };
      case 'text':
        return readTextRegion(this.textContext(pass, region), region, state);
      default:
        return readLinesRegion(this.textContext(pass, region), region, state);
    }
  }

  private textContext({ picture, profile, deadline, tally }: Pass, region: RegionProfile): TextContext {
    const { image, shareText } = picture;
    const mask = this.mask(region.characters ?? '');
    const memo = shareText ? this.memo : null;
    return { model: this.model, image, profile, mask, mayRead: () => this.nowMs() < deadline, memo, tally };
  }

  private glyphSet(region: RegionProfile): GlyphClassifier {
    const glyphs = this.glyphs.get(region.cell?.glyphs ?? '');
    if (!glyphs) throw new Error(`Region ${region.name} names no known glyph set`);
    return glyphs;
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

/** Whether the region is to be looked at in this frame at all. */
function isDue(region: RegionProfile, own: RegionState, all: RecognitionState, timestamp: number): boolean {
  if (region.onlyWhile && all.of(region.onlyWhile.region).reading?.outcome !== region.onlyWhile.outcome) return false;
  if (region.everyMs === undefined || own.readAt === null || own.reading?.outcome !== 'read') return true;
  // A stream clock that jumps back must not silence a region.
  const sinceMs = (timestamp - own.readAt) * 1000;
  return sinceMs < 0 || sinceMs >= region.everyMs;
}

/** Whether the region looks as it did when it was last read. */
function isUnchanged(image: RgbImage, profile: GameProfile, region: RegionProfile, own: RegionState): boolean {
  if (!own.signature || !own.reading) return false;
  return largestChange(own.signature, look(image, profile, region, own)) <= region.gate;
}

/** How the region looks, at the place where it was last found. */
function look(image: RgbImage, profile: GameProfile, region: RegionProfile, own: RegionState): Uint8Array {
  const box = [region.box, ...(region.alternatives ?? [])][own.place] ?? region.box;
  return blockMeans({ ...image, channels: 3 }, toPixels(box, profile.canvas, image));
}
