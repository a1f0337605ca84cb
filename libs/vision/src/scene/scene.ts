import { hashDistance, meanAbsoluteDifference } from '@jiga/media';
import type { Glance } from '@jiga/media';

/** What the cheap stage says of one frame. */
export interface SceneChange {
  /** 64-bit dHash, 16 hex digits. */
  readonly hash: string;
  /** Mean brightness change since the frame before, 0–1; null on the first frame. */
  readonly motion: number | null;
  /** Whether the view jumped: another camera, another screen. */
  readonly cut: boolean;
}

/**
 * A cut changes brightness everywhere and the picture's structure. Measured on gameplay: consecutive frames stay below
 * 0.005 (95 %) and 2 bits, a change of view reaches 0.09 and 39 bits.
 */
const CUT_MOTION = 0.043;
const CUT_BITS = 20;

/** Compares each frame with the one before it. Holds one small picture. */
export class SceneWatch {
  private thumb: Uint8Array | null = null;
  private hash: string | null = null;

  /** The thumb is kept, so nobody may change it. */
  observe({ thumb, hash }: Pick<Glance, 'thumb' | 'hash'>): SceneChange {
    const motion = this.thumb ? meanAbsoluteDifference(this.thumb, thumb) : null;
    const bits = this.hash ? hashDistance(this.hash, hash) : 0;
    this.thumb = thumb;
    this.hash = hash;
    return { hash, motion, cut: motion !== null && motion > CUT_MOTION && bits > CUT_BITS };
  }
}
