import type { DecoderOptions, DecoderOutput, DecoderSegment, OpenDecoder, StreamDecoder } from '@jiga/streams';

import { deferred } from '../deferred.js';

/**
 * Decoders that take the segments of a fake Twitch for media: each gives frames at the rate asked for, anything else is
 * refused as a decoder refuses it. Remembers what it was given.
 */
export class FakeDecoders {
  readonly options: DecoderOptions[] = [];
  readonly segments: { readonly text: string; readonly startsAt: number; readonly init: string | null }[] = [];
  /** Decoders that are open. */
  open = 0;
  sourceSize = { width: 640, height: 360 };
  /** Throws, or waits, in place of decoding. */
  before: (segment: DecoderSegment) => void | Promise<void> = () => undefined;

  /** @param refuse the error for bytes that are no media */
  constructor(readonly refuse: () => Error) {}

  /** `SEGMENT 12` was decoded: 12. */
  get numbers(): number[] {
    return this.segments.map(({ text }) => Number(/^\w+ (\d+)/.exec(text)?.[1]));
  }

  readonly opener: OpenDecoder = (options, output) => {
    this.options.push(options);
    this.open++;
    return new FakeDecoder(this, options, output);
  };
}

class FakeDecoder implements StreamDecoder {
  readonly #closed = deferred<void>();
  #isClosed = false;

  constructor(
    private readonly all: FakeDecoders,
    private readonly options: DecoderOptions,
    private readonly output: DecoderOutput,
  ) {}

  async decode(segment: DecoderSegment): Promise<void> {
    await Promise.race([this.all.before(segment), this.#closed.promise]);
    if (this.#isClosed) return;
    const text = segment.bytes.toString('utf8', 0, 40);
    if (!/^(SEGMENT|ADVERT) \d+/.test(text)) throw this.all.refuse();
    this.all.segments.push({ text, startsAt: segment.startsAt, init: segment.init?.toString('utf8', 0, 40) ?? null });
    const { fps } = this.options.picture;
    const { width, height } = this.all.sourceSize;
    for (let k = 0; k < segment.durationS * fps; k++) {
      const capturedAt = segment.startsAt + k / fps;
      this.output.frame({ jpeg: Buffer.from(text), capturedAt, sourceWidth: width, sourceHeight: height });
    }
  }

  async finish(): Promise<void> {
    await Promise.resolve();
  }

  async close(): Promise<void> {
    if (!this.#isClosed) this.all.open--;
    this.#isClosed = true;
    this.#closed.resolve();
    await Promise.resolve();
  }
}
