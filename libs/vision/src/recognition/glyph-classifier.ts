import type { RgbImage } from '@jiga/media';
import { SamplePoints, mix } from './sample-points.js';

/** Numbers of one layer: 8-bit values, base64, times `scale`. */
interface PackedWeights {
  readonly scale: number;
  readonly data: string;
}

/** A small trained network that tells the glyphs of one fixed font apart, as it stands in its data file. */
export interface GlyphSetData {
  readonly name: string;
  /** Size that a cell is reduced to. Pixels. */
  readonly width: number;
  readonly height: number;
  /** What each output stands for; the empty string is "nothing is drawn here". */
  readonly classes: readonly string[];
  readonly hidden: number;
  readonly weights1: PackedWeights;
  readonly bias1: readonly number[];
  readonly weights2: PackedWeights;
  readonly bias2: readonly number[];
}

/** A cell in pixels of the picture; edges may lie between pixels. */
export interface Cell {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Probability of each character in one cell; the empty string is "nothing is drawn here". They add up to 1. */
export type CellProbabilities = ReadonlyMap<string, number>;

/** Samples in each direction that a pixel of the reduced cell is the mean of. */
const MAX_SAMPLES = 3;

function unpack({ scale, data }: PackedWeights): Float32Array {
  const bytes = Buffer.from(data, 'base64');
  return Float32Array.from(new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length), (value) => value * scale);
}

/**
 * Reads glyphs that a game draws one to a cell, always in the same font. Such digits stand straight on the moving
 * scene, which costs a general text recogniser one reading in ten; a network with one hidden layer that knows only
 * this font is more exact and takes a tenth of a millisecond. Not to be shared between threads.
 */
export class GlyphClassifier {
  private readonly weights1: Float32Array;
  private readonly weights2: Float32Array;
  private readonly input: Float32Array;
  private readonly hidden: Float32Array;
  private readonly columns: SamplePoints;
  private readonly rows: SamplePoints;

  constructor(private readonly set: GlyphSetData) {
    this.weights1 = unpack(set.weights1);
    this.weights2 = unpack(set.weights2);
    this.input = new Float32Array(set.width * set.height * 3);
    this.hidden = new Float32Array(set.hidden);
    this.columns = new SamplePoints(set.width * MAX_SAMPLES);
    this.rows = new SamplePoints(set.height * MAX_SAMPLES);
    const sound =
      this.weights1.length === this.input.length * set.hidden &&
      this.weights2.length === set.hidden * set.classes.length &&
      set.bias1.length === set.hidden &&
      set.bias2.length === set.classes.length;
    if (!sound) throw new Error(`Glyph set ${set.name}: the sizes of its layers do not fit together`);
  }

  classify(image: RgbImage, cell: Cell): CellProbabilities {
    this.sample(image, cell);
    normalise(this.input);
    const scores = this.forward();
    const highest = Math.max(...scores);
    const weights = scores.map((score) => Math.exp(score - highest));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return new Map(this.set.classes.map((character, i) => [character, (weights[i] ?? 0) / total]));
  }

  private forward(): number[] {
    const { input, hidden, weights1, weights2 } = this;
    for (let unit = 0; unit < hidden.length; unit++) {
      hidden[unit] = Math.max(0, (this.set.bias1[unit] ?? 0) + dot(weights1, unit * input.length, input));
    }
    return this.set.bias2.map((bias, output) => bias + dot(weights2, output * hidden.length, hidden));
  }

  /** Reduces the cell to the network's size by averaging; a pixel counts to the cell part that its middle lies in. */
  private sample({ data, width: stride, height: bottom }: RgbImage, cell: Cell): void {
    const { width, height } = this.set;
    const { input, columns, rows } = this;
    const across = samplesFor(cell.width, width);
    const down = samplesFor(cell.height, height);
    columns.spread(cell.x, cell.width, width * across, 0, stride - 1);
    rows.spread(cell.y, cell.height, height * down, 0, bottom - 1);
    for (let y = 0, to = 0; y < height; y++) {
      for (let x = 0; x < width; x++, to += 3) {
        let red = 0;
        let green = 0;
        let blue = 0;
        for (let row = y * down; row < (y + 1) * down; row++) {
          const upper = (rows.low[row] ?? 0) * stride;
          const lower = (rows.high[row] ?? 0) * stride;
          const fromUpper = rows.weight[row] ?? 0;
          for (let column = x * across; column < (x + 1) * across; column++) {
            const left = columns.low[column] ?? 0;
            const right = columns.high[column] ?? 0;
            const fromLeft = columns.weight[column] ?? 0;
            const a = (upper + left) * 3;
            const b = (upper + right) * 3;
            const c = (lower + left) * 3;
            const d = (lower + right) * 3;
            red += mix(mix(data[a] ?? 0, data[b] ?? 0, fromLeft), mix(data[c] ?? 0, data[d] ?? 0, fromLeft), fromUpper);
            green += mix(
              mix(data[a + 1] ?? 0, data[b + 1] ?? 0, fromLeft),
              mix(data[c + 1] ?? 0, data[d + 1] ?? 0, fromLeft),
              fromUpper,
            );
            blue += mix(
              mix(data[a + 2] ?? 0, data[b + 2] ?? 0, fromLeft),
              mix(data[c + 2] ?? 0, data[d + 2] ?? 0, fromLeft),
              fromUpper,
            );
          }
        }
        input[to] = red / (across * down);
        input[to + 1] = green / (across * down);
        input[to + 2] = blue / (across * down);
      }
    }
  }
}

/** How often one pixel of the reduced cell is sampled in one direction. */
function samplesFor(length: number, count: number): number {
  return Math.max(2, Math.min(MAX_SAMPLES, Math.ceil(length / count)));
}

/** Sum of products with the weights from `base` on. Four sums at a time: one alone waits for each of its additions. */
function dot(weights: Float32Array, base: number, values: Float32Array): number {
  const whole = values.length - (values.length % 4);
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let i = 0; i < whole; i += 4) {
    a += (weights[base + i] ?? 0) * (values[i] ?? 0);
    b += (weights[base + i + 1] ?? 0) * (values[i + 1] ?? 0);
    c += (weights[base + i + 2] ?? 0) * (values[i + 2] ?? 0);
    d += (weights[base + i + 3] ?? 0) * (values[i + 3] ?? 0);
  }
  for (let i = whole; i < values.length; i++) a += (weights[base + i] ?? 0) * (values[i] ?? 0);
  return a + b + c + d;
}

/** Floor of the standard deviation (0–255 scale), so that noise of an even surface is not blown up. */
const DEVIATION_FLOOR = 8;

/** Zero mean and (nearly) unit deviation: the scene's brightness must not matter. */
function normalise(values: Float32Array): void {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] ?? 0;
  const mean = sum / values.length;
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += ((values[i] ?? 0) - mean) ** 2;
  const deviation = Math.sqrt(squares / values.length) + DEVIATION_FLOOR;
  for (let i = 0; i < values.length; i++) values[i] = ((values[i] ?? 0) - mean) / deviation;
}
