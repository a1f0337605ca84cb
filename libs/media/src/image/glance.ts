import { DEFAULT_MAX_PIXELS, ImageDecoder } from './image-decode.js';
import { JpegDcReader } from './jpeg-dc.js';
import { THUMB_HEIGHT, THUMB_WIDTH, boxDownscale } from './luma.js';

/** A picture at a glance: how large it is, and its brightness as {@link THUMB_WIDTH} × {@link THUMB_HEIGHT} pixels. */
export interface Glance {
  readonly width: number;
  readonly height: number;
  readonly thumb: Uint8Array;
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
    return this.#coefficients.read(bytes) ?? this.#decode(bytes);
  }

  #decode(bytes: Uint8Array): Promise<Glance> {
    return this.#decoder.useLuma(bytes, (image) => {
      const { width, height } = image;
      return { width, height, thumb: boxDownscale(image, THUMB_WIDTH, THUMB_HEIGHT) };
    });
  }
}
