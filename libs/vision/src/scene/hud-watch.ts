import type { LumaImage } from '@jiga/media';
import type { GameProfile } from '../profiles/profile.types.js';
import { blockMeans, largestChange } from '../recognition/change-gate.js';
import { toPixels } from '../recognition/geometry.js';

type Region = GameProfile['regions'][number];

/** One look at a grey picture: each region is reduced once, for the comparison and for what is remembered. */
export class HudLook {
  private readonly known = new Map<Region, Uint8Array>();

  constructor(private readonly image: LumaImage) {}

  /** The region at all its places: which of them holds it is known to recognition alone. */
  means(profile: GameProfile, region: Region): Uint8Array {
    const known = this.known.get(region) ?? means(this.image, profile, region);
    this.known.set(region, known);
    return known;
  }
}

/** After so many looks in a row that found a change, so many frames are taken to have changed without a look. */
const RESTLESS_AFTER = 4;
const UNSEEN_FRAMES = 4;

/** Tells on the grey picture whether any number of a profile's HUD looks different from when it was last read. */
export class HudWatch {
  /** Profile id → region → how it looked. */
  private seen = new Map<string, ReadonlyMap<string, Uint8Array>>();
  private changesInARow = 0;
  private unseen = 0;

  /**
   * Whether the next frame may be taken to have changed without a look. Numbers that stand straight on a moving scene look
   * different in nearly every frame, and decoding a picture only to see that again costs a quarter of what the caller's thread
   * does for it. A look in between tells when they stand still.
   */
  takesForChanged(): boolean {
    const mayPass = this.changesInARow >= RESTLESS_AFTER && this.unseen < UNSEEN_FRAMES;
    this.unseen = mayPass ? this.unseen + 1 : 0;
    return mayPass;
  }

  /** Whether some region of the profile has changed since {@link remember}; true if the profile was not remembered. */
  hasChanged(look: HudLook, profile: GameProfile): boolean {
    const seen = this.seen.get(profile.id);
    if (!seen) return true;
    const hasChanged = watched(profile).some((region) => {
      const before = seen.get(region.name);
      return !before || largestChange(before, look.means(profile, region)) > region.gate;
    });
    this.changesInARow = hasChanged ? this.changesInARow + 1 : 0;
    return hasChanged;
  }

  /** This is how the regions look on the frame that is now being read; while the game is unknown, for every profile. */
  remember(look: HudLook, profiles: readonly GameProfile[]): void {
    this.seen = new Map(
      profiles.map((profile) => [
        profile.id,
        new Map(watched(profile).map((region) => [region.name, look.means(profile, region)])),
      ]),
    );
  }
}

function watched(profile: GameProfile): readonly Region[] {
  return profile.regions.filter(({ kind, gate }) => kind === 'digits' && gate > 0);
}

function means(image: LumaImage, profile: GameProfile, region: Region): Uint8Array {
  const grey = { ...image, channels: 1 as const };
  const first = blockMeans(grey, toPixels(region.box, profile.canvas, image));
  if (!region.alternatives) return first;
  const others = region.alternatives.map((box) => blockMeans(grey, toPixels(box, profile.canvas, image)));
  return new Uint8Array(Buffer.concat([first, ...others]));
}
