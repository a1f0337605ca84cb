import type { Clock } from '@jiga/contracts';
import type { FfmpegLocation } from '@jiga/media';

import { StreamError } from '../stream-error.js';
import { FfmpegDecoder } from './ffmpeg-decoder.js';
import type {
  DecoderOptions,
  DecoderOutput,
  DecoderSegment,
  OpenDecoder,
  StreamDecoder,
} from './stream-decoder.port.js';

/** Decoders over the ffmpeg that `locate` finds, which is looked for when the first segment is decoded and not before. */
export function ffmpegDecoders(locate: () => Promise<FfmpegLocation>, clock: Clock): OpenDecoder {
  let located: Promise<FfmpegLocation> | null = null;
  const find = (): Promise<FfmpegLocation> => (located ??= locate());
  return (options, output) => new LocatedDecoder(find, clock, options, output);
}

class LocatedDecoder implements StreamDecoder {
  #decoder: FfmpegDecoder | null = null;
  #isClosed = false;

  constructor(
    private readonly find: () => Promise<FfmpegLocation>,
    private readonly clock: Clock,
    private readonly options: DecoderOptions,
    private readonly output: DecoderOutput,
  ) {}

  async decode(segment: DecoderSegment): Promise<void> {
    if (!this.#decoder) {
      const location = await this.find();
      if (!location.found) throw new StreamError('decoder_unavailable');
      if (this.#isClosed) return;
      this.#decoder = new FfmpegDecoder(location.path, this.clock, this.options, this.output);
    }
    await this.#decoder.decode(segment);
  }

  async finish(): Promise<void> {
    await this.#decoder?.finish();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#decoder?.close();
  }
}
