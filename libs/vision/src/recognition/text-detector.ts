import type { Detection } from '@jiga/contracts';
import type { RgbImage } from '@jiga/media';
import type { PixelRect } from './crop.js';
import type { ClassMask } from './ctc.js';
import { toBox } from './geometry.js';
import type { OcrModel, TextDetectionModel } from './ocr-model.js';
import { readLine } from './text-reader.js';

/** Size that the picture is reduced to for the detector: multiples of 32. */
const WIDTH = 480;
const HEIGHT = 288;
/** ImageNet mean and deviation of red, green and blue, which the detector was trained with. */
const MEAN = [0.485, 0.456, 0.406] as const;
const DEVIATION = [0.229, 0.224, 0.225] as const;
const MIN_PROBABILITY = 0.3;
/** The map marks the core of the text only; boxes grow by this share of their height. */
const GROWTH = 0.45;
const MIN_SIDE_PX = 4;
const MIN_MEAN = 0.5;
const MIN_TEXT_CONFIDENCE = 0.7;
const MAX_TEXTS = 12;

/** Finds and reads text anywhere in a picture, for games without a profile. Slow (some 100 ms): only now and then. */
export async function detectTexts(
  detector: TextDetectionModel,
  reader: OcrModel,
  mask: ClassMask,
  image: RgbImage,
  mayRead: () => boolean,
): Promise<Detection[]> {
  const map = await detector.run(detectorInput(image), WIDTH, HEIGHT);
  const areas = textAreas(map).sort((a, b) => b.width * b.height - a.width * a.height);
  const detections: Detection[] = [];
  for (const area of areas.slice(0, MAX_TEXTS)) {
    if (!mayRead()) break;
    const rect = toPicture(area, image);
    const { text, confidence } = await readLine(reader, image, rect, mask);
    if (text === '' || confidence < MIN_TEXT_CONFIDENCE) continue;
    const box = toBox(rect, image);
    detections.push({
      label: 'text',
      category: 'hud_text',
      confidence: Math.round(confidence * 1000) / 1000,
      box,
      text,
    });
  }
  return detections;
}

/** The whole picture as blue, green and red planes of the detector's size, each pixel the mean of a few samples. */
function detectorInput(image: RgbImage): Float32Array {
  const plane = WIDTH * HEIGHT;
  const data = new Float32Array(plane * 3);
  const samples = image.width > WIDTH ? 2 : 1;
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0;
        for (let i = 0; i < samples * samples; i++) {
          const column = Math.floor(((x + ((i % samples) + 0.5) / samples) * image.width) / WIDTH);
          const row = Math.floor(((y + (Math.floor(i / samples) + 0.5) / samples) * image.height) / HEIGHT);
          sum += image.data[(row * image.width + column) * 3 + channel] ?? 0;
        }
        const value = sum / (samples * samples) / 255;
        data[(2 - channel) * plane + y * WIDTH + x] = (value - (MEAN[channel] ?? 0)) / (DEVIATION[channel] ?? 1);
      }
    }
  }
  return data;
}

/** Bounding rectangles of the connected areas of the map that are text, in the map's pixels. */
function textAreas(map: Float32Array): PixelRect[] {
  const seen = new Uint8Array(map.length);
  const areas: PixelRect[] = [];
  for (let start = 0; start < map.length; start++) {
    if (seen[start] === 1 || (map[start] ?? 0) < MIN_PROBABILITY) continue;
    const area = floodArea(map, seen, start);
    if (area.mean >= MIN_MEAN && Math.min(area.width, area.height) >= MIN_SIDE_PX) areas.push(area);
  }
  return areas;
}

function floodArea(map: Float32Array, seen: Uint8Array, start: number): PixelRect & { mean: number } {
  const stack = [start];
  seen[start] = 1;
  let [left, right, top, bottom] = [WIDTH, 0, HEIGHT, 0];
  let sum = 0;
  let count = 0;
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    const x = at % WIDTH;
    const y = (at - x) / WIDTH;
    [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
    sum += map[at] ?? 0;
    count++;
    const around = [x > 0 ? at - 1 : at, x < WIDTH - 1 ? at + 1 : at, at - WIDTH, at + WIDTH];
    for (const next of around) {
      if (next < 0 || next >= map.length || seen[next] === 1 || (map[next] ?? 0) < MIN_PROBABILITY) continue;
      seen[next] = 1;
      stack.push(next);
    }
  }
  return { x: left, y: top, width: right - left + 1, height: bottom - top + 1, mean: sum / count };
}

/** An area of the map, grown to hold the whole letters, in the picture's pixels. */
function toPicture(area: PixelRect, image: RgbImage): PixelRect {
  const grow = area.height * GROWTH;
  const left = Math.max(0, Math.floor(((area.x - grow) * image.width) / WIDTH));
  const top = Math.max(0, Math.floor(((area.y - grow) * image.height) / HEIGHT));
  const right = Math.min(image.width, Math.ceil(((area.x + area.width + grow) * image.width) / WIDTH));
  const bottom = Math.min(image.height, Math.ceil(((area.y + area.height + grow) * image.height) / HEIGHT));
  return { x: left, y: top, width: right - left, height: bottom - top };
}
