import { DEFAULT_MAX_PIXELS, ImageDecoder } from './image-decode.js';
import { JpegDcReader } from './jpeg-dc.js';
import { THUMB_HEIGHT, THUMB_WIDTH, boxDownscale } from './luma.js';
import { hashOfThumb } from './perceptual-hash.js';

/** A picture at a glance: how large it is, and its brightness as {@link THUMB_WIDTH} × {@link THUMB_HEIGHT} pixels. */
export interface Glance {
  readonly width: number;
  readonly height: number;
  readonly thumb: Uint8Array;
  /** {@link hashOfThumb}. */
  readonly hash: string;
}

/**
 * Looks at pictures as cheaply as their format allows: usual JPEGs are read straight at a small size, everything else is
 * decoded and scaled down. Both ways give nearly the same thumb (within 2 grey levels on average), so it does not matter
 * in which format a stream comes. One serves any number of streams of its thread.
 */
export class GlanceReader {
  readonly #coefficients: JpegDcReader;
  readonly #decoder: ImageDecoder;

  constructor(maxPixels: number = DEFAULT_MAX_PIXELS) {
    this.#coefficients = new JpegDcReader(maxPixels);
    this.#decoder = new ImageDecoder(maxPixels);
  }

  /** At once where that is possible, else a promise. Rejects with ImageDecodeError, and throws none. */
  read(bytes: Uint8Array): Glance | Promise<Glance> {
    const found = this.#coefficients.read(bytes);
    return found ? { ...found, hash: hashOfThumb(found.thumb) } : this.#decode(bytes);
  }

  #decode(bytes: Uint8Array): Promise<Glance> {
    return this.#decoder.useLuma(bytes, (image) => {
      const { width, height } = image;
      const thumb = boxDownscale(image, THUMB_WIDTH, THUMB_HEIGHT);
      return { width, height, thumb, hash: hashOfThumb(thumb) };
    });
  }
}
