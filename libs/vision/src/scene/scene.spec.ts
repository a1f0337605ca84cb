import { describe, expect, it } from '@jest/globals';
import { ImageDecoder, THUMB_HEIGHT, THUMB_WIDTH, boxDownscale, hashOfThumb } from '@jiga/media';
import type { LumaImage } from '@jiga/media';
import { readFileSync } from 'node:fs';
import { OPENARENA } from '../profiles/openarena.profile.js';
import { HudLook, HudWatch } from './hud-watch.js';
import { SceneWatch } from './scene.js';
import type { SceneChange } from './scene.js';

const still = (name: string): Promise<LumaImage> =>
  new ImageDecoder().decodeLuma(readFileSync(new URL(`../../../../test/fixtures/${name}`, import.meta.url)));
const ARENA = 'openarena/still_oa_ffa_f0420_480x270.jpg';
const OTHER = 'freedoom/doom_fd1_f0420_480x270.jpg';

/** The picture with a rectangle set to one brightness. */
function painted(
  image: LumaImage,
  [x, y, width, height]: readonly [number, number, number, number],
  value: number,
): LumaImage {
  const data = image.data.slice();
  for (let row = y; row < y + height; row++) data.fill(value, row * image.width + x, row * image.width + x + width);
  return { ...image, data };
}

describe('SceneWatch', () => {
  it('sees no cut in a picture that stays or in which a little moves, and one when the view changes', async () => {
    const [arena, other] = [await still(ARENA), await still(OTHER)];
    const watch = new SceneWatch();
    const observe = (image: LumaImage): SceneChange => {
      const thumb = boxDownscale(image, THUMB_WIDTH, THUMB_HEIGHT);
      return watch.observe({ thumb, hash: hashOfThumb(thumb) });
    };
    expect(observe(arena)).toMatchObject({ motion: null, cut: false });
    expect(observe(arena)).toMatchObject({ motion: 0, cut: false });
    const moved = observe(painted(arena, [200, 100, 60, 60], 255));
    expect(moved.cut).toBe(false);
    expect(moved.motion).toBeGreaterThan(0);
    expect(observe(other).cut).toBe(true);
  });
});

describe('HudWatch', () => {
  it('sees a change of the HUD and none of the scene', async () => {
    const arena = await still(ARENA);
    const watch = new HudWatch();
    expect(watch.hasChanged(new HudLook(arena), OPENARENA)).toBe(true);
    watch.remember(new HudLook(arena), [OPENARENA]);
    expect(watch.hasChanged(new HudLook(arena), OPENARENA)).toBe(false);
    // Below the middle of the screen nothing of the HUD is drawn; the health stands at the bottom.
    expect(watch.hasChanged(new HudLook(painted(arena, [150, 150, 100, 40], 255)), OPENARENA)).toBe(false);
    expect(watch.hasChanged(new HudLook(painted(arena, [190, 248, 18, 18], 0)), OPENARENA)).toBe(true);
  });

  it('takes a HUD that never stands still for changed, and looks again until it does', async () => {
    const arena = await still(ARENA);
    const watch = new HudWatch();
    watch.remember(new HudLook(arena), [OPENARENA]);
    const next = (image: LumaImage): string => {
      if (watch.takesForChanged()) return 'unseen';
      const look = new HudLook(image);
      const hasChanged = watch.hasChanged(look, OPENARENA);
      watch.remember(look, [OPENARENA]);
      return hasChanged ? 'changed' : 'same';
    };
    const flicker = (frame: number): LumaImage => painted(arena, [190, 248, 18, 18], (frame % 2) * 255);
    const moving = Array.from({ length: 10 }, (_, frame) => next(flicker(frame)));
    const [looked, passed] = [Array<string>(4), Array<string>(4)];
    expect(moving).toEqual([...looked.fill('changed'), ...passed.fill('unseen'), 'changed', 'unseen']);
    const standing = Array.from({ length: 8 }, () => next(arena));
    expect(standing).toEqual(['unseen', 'unseen', 'unseen', 'changed', 'unseen', 'unseen', 'unseen', 'unseen']);
    expect([next(arena), next(arena), next(arena)]).toEqual(['same', 'same', 'same']);
  });

  it('reduces each number of the HUD once, however often a look is made use of', async () => {
    const arena = await still(ARENA);
    const watch = new HudWatch();
    watch.remember(new HudLook(arena), [OPENARENA]);
    let reduced = 0;
    const counted: LumaImage = {
      ...arena,
      get data() {
        reduced++;
        return arena.data;
      },
    };
    const look = new HudLook(counted);
    expect(watch.hasChanged(look, OPENARENA)).toBe(false);
    const once = reduced;
    expect(once).toBeGreaterThan(2);
    watch.remember(look, [OPENARENA]);
    expect(reduced).toBe(once);
  });
});
