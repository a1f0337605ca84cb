import type { LumaImage } from '@jiga/media';
import type { GameProfile } from '../profiles/profile.types.js';
import { blockMeans, largestChange } from '../recognition/change-gate.js';
import { toPixels } from '../recognition/geometry.js';

/** Regions further down the order do not make a frame due for the heavy stage. */
const MAX_PRIORITY = 4;

/** Tells on the grey picture whether any region of a profile looks different from when it was last read. */
export class HudWatch {
  private seen = new Map<string, Uint8Array>();

  /** Whether some region has changed since {@link remember}; true while nothing is remembered. */
  hasChanged(image: LumaImage, profile: GameProfile): boolean {
    if (this.seen.size === 0) return true;
    return this.watched(profile).some((region) => {
      const before = this.seen.get(region.name);
      return !before || largestChange(before, means(image, profile, region)) > region.gate;
    });
  }

  /** This is how the regions look on the frame that is now being read. */
  remember(image: LumaImage, profile: GameProfile): void {
    this.seen = new Map(this.watched(profile).map((region) => [region.name, means(image, profile, region)]));
  }

  forget(): void {
    this.seen.clear();
  }

  private watched(profile: GameProfile): GameProfile['regions'] {
    return profile.regions.filter(({ priority, gate }) => priority <= MAX_PRIORITY && gate > 0);
  }
}

function means(image: LumaImage, profile: GameProfile, region: GameProfile['regions'][number]): Uint8Array {
  return blockMeans({ ...image, channels: 1 }, toPixels(region.box, profile.canvas, image));
}
