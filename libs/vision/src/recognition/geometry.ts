import type { Box } from '@jiga/contracts';
import type { CanvasBox, GameProfile } from '../profiles/profile.types.js';
import type { PixelRect } from './crop.js';

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** A box of the profile's canvas in whole pixels of a picture, cut to the picture; at least one pixel. */
export function toPixels(box: CanvasBox, canvas: GameProfile['canvas'], picture: PictureSize): PixelRect {
  const scaleX = picture.width / canvas.width;
  const scaleY = picture.height / canvas.height;
  const x = clamp(Math.round(box[0] * scaleX), 0, picture.width - 1);
  const y = clamp(Math.round(box[1] * scaleY), 0, picture.height - 1);
  const right = clamp(Math.round((box[0] + box[2]) * scaleX), x + 1, picture.width);
  const bottom = clamp(Math.round((box[1] + box[3]) * scaleY), y + 1, picture.height);
  return { x, y, width: right - x, height: bottom - y };
}

/** A rectangle as the public API writes boxes: fractions of the frame. */
export function toBox(rect: PixelRect, picture: PictureSize): Box {
  const round = (value: number): number => Math.round(value * 10_000) / 10_000;
  return [
    round(rect.x / picture.width),
    round(rect.y / picture.height),
    round(rect.width / picture.width),
    round(rect.height / picture.height),
  ];
}

/** The rectangle without `share` of its height above and below. */
export function insetY(rect: PixelRect, share: number): PixelRect {
  const cut = Math.round(rect.height * share);
  return { ...rect, y: rect.y + cut, height: Math.max(1, rect.height - 2 * cut) };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
