import { StreamError } from '../stream-error.js';
import type { DecoderSegment, StreamDecoder } from './stream-decoder.port.js';
import type { WatchedProcess } from './watched-process.js';

/** A jump of the stream's own clock beyond this is a new stream to the decoder. */
export const CONTINUOUS_WITHIN_S = 0.5;

/** What goes on from one segment to the next with one program. */
export interface DecoderRun<Start> {
  readonly process: WatchedProcess;
  isContinuedBy(segment: DecoderSegment, start: Start): boolean;
  feed(segment: DecoderSegment, start: Start): Promise<void>;
}

/**
 * Decodes with one ffmpeg as long as the stream goes on, which saves starting one for every segment. Where its clock jumps,
 * its container or its initialization changes, the program is ended and another one begun, so that nothing of
 * before can be mixed into what follows; and bytes that hold nothing to decode never reach it.
 */
export class ContinuousDecoder<Start> implements StreamDecoder {
  #run: DecoderRun<Start> | null = null;
  #isClosed = false;

  /** @param read how a segment begins; null for bytes that hold nothing to decode */
  constructor(
    private readonly read: (segment: DecoderSegment) => Start | null,
    private readonly begin: (segment: DecoderSegment, start: Start) => DecoderRun<Start>,
  ) {}

  async decode(segment: DecoderSegment): Promise<void> {
    const start = this.read(segment);
    if (!start) throw new StreamError('bad_media');
    const failure = this.#run?.process.failure ?? null;
    if (failure) this.#run = null;
    else if (this.#run && !this.#run.isContinuedBy(segment, start)) await this.finish();
    if (this.#isClosed) return;
    this.#run ??= this.begin(segment, start);
    await this.#run.feed(segment, start);
    // Told after the segment at hand was given to another one: a crash costs what crashed and no more.
    if (failure) throw failure;
  }

  async finish(): Promise<void> {
    const run = this.#run;
    this.#run = null;
    await run?.process.finish();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const run = this.#run;
    this.#run = null;
    await run?.process.kill();
  }
}

/** Whether two segments are begun by the same initialization, or both by none. */
export const isSameInit = (one: Buffer | null, other: Buffer | null): boolean =>
  one === other || (one !== null && other !== null && one.equals(other));
