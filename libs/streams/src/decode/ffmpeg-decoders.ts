import type { Clock } from '@jiga/contracts';
import type { FfmpegLocation } from '@jiga/media';

import { StreamError } from '../stream-error.js';
import { FfmpegDecoder } from './ffmpeg-decoder.js';
import { FfmpegSoundDecoder } from './ffmpeg-sound-decoder.js';
import type { DecoderSegment, OpenDecoder, OpenSoundDecoder, StreamDecoder } from './stream-decoder.port.js';

export interface FfmpegDecoders {
  readonly openDecoder: OpenDecoder;
  readonly openSoundDecoder: OpenSoundDecoder;
}

/** Decoders over the ffmpeg that `locate` finds, which is looked for when the first segment is decoded and not before. */
export function ffmpegDecoders(locate: () => Promise<FfmpegLocation>, clock: Clock): FfmpegDecoders {
  let located: Promise<FfmpegLocation> | null = null;
  const find = (): Promise<FfmpegLocation> => (located ??= locate());
  return {
    openDecoder: (options, output) =>
      new LocatedDecoder(find, (path) => new FfmpegDecoder(path, clock, options, output)),
    openSoundDecoder: (output) => new LocatedDecoder(find, (path) => new FfmpegSoundDecoder(path, clock, output)),
  };
}

class LocatedDecoder implements StreamDecoder {
  #decoder: StreamDecoder | null = null;
  #isClosed = false;

  constructor(
    private readonly find: () => Promise<FfmpegLocation>,
    private readonly open: (ffmpegPath: string) => StreamDecoder,
  ) {}

  async decode(segment: DecoderSegment): Promise<void> {
    if (!this.#decoder) {
      const location = await this.find();
      if (!location.found) throw new StreamError('decoder_unavailable');
      if (this.#isClosed) return;
      this.#decoder = this.open(location.path);
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
