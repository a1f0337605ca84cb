import { JPEG_DC_WASM } from './jpeg-dc.wasm.js';
import { THUMB_HEIGHT, THUMB_WIDTH } from './luma.js';

/** What the compiled module offers; see libs/media/assembly/jpeg-dc.ts. */
interface Kernel {
  readonly memory: WebAssembly.Memory;
  reserve(length: number): number;
  decode(length: number, maxPixels: number): number;
  pictureWidth(): number;
  pictureHeight(): number;
  thumb(): number;
}

/** Larger files are left to the complete decoder, so that the memory, which never shrinks, stays small. */
const MAX_FILE_BYTES = 4 * 1024 * 1024;

let compiled: WebAssembly.Module | undefined;

/**
 * Reads baseline JPEGs at an eighth of their size straight from the coefficients, in WebAssembly: about a quarter of the
 * cost of decoding the brightness and scaling it down. One for a thread suffices: a read is over when it returns.
 */
export class JpegDcReader {
  readonly #kernel: Kernel;

  constructor(private readonly maxPixels: number) {
    compiled ??= new WebAssembly.Module(Buffer.from(JPEG_DC_WASM, 'base64'));
    const abort = (): never => {
      throw new Error('The JPEG reader has failed');
    };
    this.#kernel = new WebAssembly.Instance(compiled, { env: { abort } }).exports as unknown as Kernel;
  }

  /**
   * The picture's brightness as {@link THUMB_WIDTH} × {@link THUMB_HEIGHT} pixels in memory of their own. Null for what is
   * not a whole baseline JPEG of a usual kind and size: a complete decoder then has the say.
   */
  read(bytes: Uint8Array): { readonly thumb: Uint8Array; readonly width: number; readonly height: number } | null {
    if (bytes.length > MAX_FILE_BYTES) return null;
    const kernel = this.#kernel;
    const input = kernel.reserve(bytes.length);
    if (input === 0) return null;
    new Uint8Array(kernel.memory.buffer, input, bytes.length).set(bytes);
    if (kernel.decode(bytes.length, this.maxPixels) !== 0) return null;
    const [width, height] = [kernel.pictureWidth(), kernel.pictureHeight()];
    const thumb = new Uint8Array(kernel.memory.buffer, kernel.thumb(), THUMB_WIDTH * THUMB_HEIGHT).slice();
    return { thumb, width, height };
  }
}
