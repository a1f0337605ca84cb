import type { RgbImage } from '@jiga/media';
import type { PixelRect } from './crop.js';
import type { PictureSize } from './geometry.js';
import type { TextDetectionModel } from './ocr-model.js';

/**
 * Longest width that a picture is searched at. The letters of a HUD drawn at 1920 × 1080 are some 20 pixels high: at 960 most of them
 * are found, at 480 hardly any, and at 1280 few more for twice the time.
 */
const MAX_WIDTH = 960;
const MIN_WIDTH = 320;
/** The detector takes sides of so many pixels, or a multiple. */
const STEP = 32;
/** ImageNet mean and deviation of red, green and blue, which the detector was trained with. */
const MEAN = [0.485, 0.456, 0.406] as const;
const DEVIATION = [0.229, 0.224, 0.225] as const;
const MIN_PROBABILITY = 0.3;
/** The map marks the core of the text only; boxes grow by this share of their height. */
const GROWTH = 0.45;
const MIN_SIDE_PX = 4;
const MIN_MEAN = 0.5;
const MAX_AREAS = 40;

/** Rectangles of a picture that hold a line of text each, the largest first, in its pixels. Blocks its thread for 30 to 300 ms. */
export async function findTextAreas(detector: TextDetectionModel, image: RgbImage): Promise<PixelRect[]> {
  const size = searchSize(image);
  const map = { ...size, data: await detector.run(detectorInput(image, size), size.width, size.height) };
  return textAreas(map)
    .map((area) => toPicture(area, map, image))
    .sort((a, b) => b.width * b.height - a.width * a.height)
    .slice(0, MAX_AREAS);
}

/** The size that a picture is searched at: its own shape, no more than a step larger than it is. */
function searchSize(image: PictureSize): PictureSize {
  const steps = (length: number): number => Math.max(1, Math.ceil(length / STEP)) * STEP;
  const width = Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, steps(image.width)));
  const height = Math.min(MAX_WIDTH, steps((image.height * width) / image.width));
  return { width, height };
}

/** The whole picture as blue, green and red planes of the detector's size, each pixel the mean of one or four samples. */
function detectorInput(image: RgbImage, { width, height }: PictureSize): Float32Array {
  const plane = width * height;
  const data = new Float32Array(plane * 3);
  const samples = image.width > width ? 2 : 1;
  const columns = samplePositions(image.width, width, samples);
  const rows = samplePositions(image.height, height, samples);
  const { data: pixels } = image;
  const share = 1 / (samples * samples * 255);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to++) {
      let [red, green, blue] = [0, 0, 0];
      for (let down = 0; down < samples; down++) {
        const row = (rows[y * samples + down] ?? 0) * image.width;
        for (let across = 0; across < samples; across++) {
          const at = (row + (columns[x * samples + across] ?? 0)) * 3;
          red += pixels[at] ?? 0;
          green += pixels[at + 1] ?? 0;
          blue += pixels[at + 2] ?? 0;
        }
      }
      data[to] = (blue * share - MEAN[2]) / DEVIATION[2];
      data[plane + to] = (green * share - MEAN[1]) / DEVIATION[1];
      data[2 * plane + to] = (red * share - MEAN[0]) / DEVIATION[0];
    }
  }
  return data;
}

/** Which of `from` pixels stand for each of `to` pixels, `samples` for each. */
function samplePositions(from: number, to: number, samples: number): Int32Array {
  return Int32Array.from({ length: to * samples }, (_, i) => Math.floor(((i + 0.5) * from) / (to * samples)));
}

interface ProbabilityMap extends PictureSize {
  readonly data: Float32Array;
}

/** Bounding rectangles of the connected areas of the map that are text, in the map's pixels. */
function textAreas(map: ProbabilityMap): PixelRect[] {
  const seen = new Uint8Array(map.data.length);
  const areas: PixelRect[] = [];
  for (let start = 0; start < map.data.length; start++) {
    if (seen[start] === 1 || (map.data[start] ?? 0) < MIN_PROBABILITY) continue;
    const area = floodArea(map, seen, start);
    if (area.mean >= MIN_MEAN && Math.min(area.width, area.height) >= MIN_SIDE_PX) areas.push(area);
  }
  return areas;
}

function floodArea(
  { data, width, height }: ProbabilityMap,
  seen: Uint8Array,
  start: number,
): PixelRect & { mean: number } {
  const stack = [start];
  seen[start] = 1;
  let [left, right, top, bottom] = [width, 0, height, 0];
  let sum = 0;
  let count = 0;
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    const x = at % width;
    const y = (at - x) / width;
    [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
    sum += data[at] ?? 0;
    count++;
    const around = [x > 0 ? at - 1 : at, x < width - 1 ? at + 1 : at, at - width, at + width];
    for (const next of around) {
      if (next < 0 || next >= data.length || seen[next] === 1 || (data[next] ?? 0) < MIN_PROBABILITY) continue;
      seen[next] = 1;
      stack.push(next);
    }
  }
  return { x: left, y: top, width: right - left + 1, height: bottom - top + 1, mean: sum / count };
}

/** An area of the map, grown to hold the whole letters, in the picture's pixels. */
function toPicture(area: PixelRect, map: PictureSize, image: PictureSize): PixelRect {
  const grow = area.height * GROWTH;
  const left = Math.max(0, Math.floor(((area.x - grow) * image.width) / map.width));
  const top = Math.max(0, Math.floor(((area.y - grow) * image.height) / map.height));
  const right = Math.min(image.width, Math.ceil(((area.x + area.width + grow) * image.width) / map.width));
  const bottom = Math.min(image.height, Math.ceil(((area.y + area.height + grow) * image.height) / map.height));
  return { x: left, y: top, width: right - left, height: bottom - top };
}
