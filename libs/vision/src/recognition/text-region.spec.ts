import { describe, expect, it } from '@jest/globals';
import type { RgbImage } from '@jiga/media';

import type { GameProfile, RegionProfile } from '../profiles/profile.types.js';
import { classMask } from './ctc.js';
import type { OcrInput, OcrModel, OcrOutput } from './ocr-model.js';
import { RegionState } from './region-state.js';
import { readTextRegion } from './text-region.js';

const CANVAS = { width: 640, height: 480 };
const REGION: RegionProfile = {
  name: 'title',
  kind: 'text',
  box: [160, 160, 320, 48],
  align: 'center',
  priority: 1,
  gate: 14,
  glyphShare: 0.7,
};

/** Upright strokes where letters of {@link REGION} stand, as the canvas puts them on a picture of this size. */
function picture(width: number, height: number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  const [scaleX, scaleY] = [width / CANVAS.width, height / CANVAS.height];
  for (let canvasX = 220; canvasX < 420; canvasX += 20) {
    for (let y = Math.round(166 * scaleY); y < 196 * scaleY; y++) {
      for (let x = Math.round(canvasX * scaleX); x < (canvasX + 4) * scaleX; x++)
        data.fill(255, (y * width + x) * 3, (y * width + x + 1) * 3);
    }
  }
  return { data, width, height };
}

/** How wide the one line is that recognition gets, in heights of a letter's line. */
async function recognisedWidth(image: RgbImage, region: RegionProfile = REGION): Promise<number> {
  const widths: number[] = [];
  const model = {
    characters: ['', 'I'],
    run: ({ width }: OcrInput): Promise<OcrOutput> => {
      widths.push(width);
      return Promise.resolve({ probabilities: Float32Array.of(0, 1), steps: 1, classes: 2 });
    },
  } as unknown as OcrModel;
  const profile: GameProfile = { id: 'any', name: 'Any', canvas: CANVAS, colors: [], regions: [region] };
  const mask = classMask('I', model.characters);
  const tally = { hits: 0, misses: 0 };
  await readTextRegion(
    { model, image, profile, mask, mayRead: () => true, memo: null, tally },
    region,
    new RegionState(),
  );
  expect(widths).toHaveLength(1);
  return widths[0] ?? 0;
}

describe('letters for recognition', () => {
  it('have the shape of the canvas, however wide the picture is that it is stretched over', async () => {
    const own = await recognisedWidth(picture(640, 480));
    const wide = await recognisedWidth(picture(1280, 720));
    expect(Math.abs(wide - own)).toBeLessThanOrEqual(16);
  });

  it('are as wide as the profile says where it does', async () => {
    const own = await recognisedWidth(picture(1280, 720));
    const wide = await recognisedWidth(picture(1280, 720), { ...REGION, stretch: 1.5 });
    expect(wide / own).toBeCloseTo(2, 1);
  });
});
