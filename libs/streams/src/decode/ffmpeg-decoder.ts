import type { CancelTimer, Clock } from '@jiga/contracts';

import { StreamError } from '../stream-error.js';
import { decoderArguments, SOUND_HZ, type Container } from './decoder-arguments.js';
import { DecoderProcess, type TimedPicture } from './decoder-process.js';
import { readFragmentStart } from './fragment.js';
import { PcmReader } from './pcm-reader.js';
import type { DecoderOptions, DecoderOutput, DecoderSegment, StreamDecoder } from './stream-decoder.port.js';
import { readTransportStart, type MediaStart } from './transport-stream.js';

/** A jump of the stream's own clock beyond this is a new stream to the decoder. */
const CONTINUOUS_WITHIN_S = 0.5;
/** No picture within this after a segment was given: the program hangs. */
const HANG_MS = 10_000;
/** For the pictures that it still has when its input ends. */
const FINISH_MS = 3_000;

/** Where a segment lies on the stream's own clock, and on the broadcaster's. */
interface Span {
  readonly firstS: number;
  readonly startsAt: number;
  readonly durationS: number;
  pictures: number;
  isDamaged: boolean;
}

/**
 * Decodes with one ffmpeg as long as the stream goes on, which saves starting one for every segment. Where its clock jumps,
 * its container or its initialization changes, the program is ended and another one begun, so that nothing of
 * before can be mixed into what follows; and bytes that hold no video never reach it.
 */
export class FfmpegDecoder implements StreamDecoder {
  #run: DecoderRun | null = null;
  #isClosed = false;

  constructor(
    private readonly ffmpegPath: string,
    private readonly clock: Clock,
    private readonly options: DecoderOptions,
    private readonly output: DecoderOutput,
  ) {}

  async decode(segment: DecoderSegment): Promise<void> {
    const start = segment.init ? readFragmentStart(segment.init, segment.bytes) : readTransportStart(segment.bytes);
    if (!start) throw new StreamError('bad_media');
    const failure = this.#run?.failure ?? null;
    if (failure) this.#run = null;
    else if (this.#run && !this.#run.isContinuedBy(segment, start)) await this.finish();
    if (this.#isClosed) return;
    this.#run ??= new DecoderRun(this.ffmpegPath, this.clock, this.options, this.output, { segment, start });
    await this.#run.feed(segment, start);
    // Told after the segment at hand was given to another one: a crash costs what crashed and no more.
    if (failure) throw failure;
  }

  async finish(): Promise<void> {
    const run = this.#run;
    this.#run = null;
    await run?.finish();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const run = this.#run;
    this.#run = null;
    await run?.kill();
  }
}

/** The life of one ffmpeg. */
class DecoderRun {
  readonly #process: DecoderProcess;
  readonly #container: Container;
  readonly #init: Buffer | null;
  readonly #hasSound: boolean;
  readonly #soundStartsAt: number;
  /** The segments whose pictures may still come. */
  readonly #spans: Span[] = [];
  #expectedS = Number.NaN;
  #biasS: number | null = null;
  readonly #pcm = new PcmReader();
  #cancelHang: CancelTimer = () => undefined;
  #isEnding = false;
  #failure: StreamError | null = null;

  constructor(
    ffmpegPath: string,
    private readonly clock: Clock,
    private readonly options: DecoderOptions,
    private readonly output: DecoderOutput,
    { segment, start }: { segment: DecoderSegment; start: MediaStart },
  ) {
    this.#init = segment.init;
    this.#container = segment.init ? 'mp4' : 'mpegts';
    this.#hasSound = options.wantsSound && start.hasSound;
    this.#soundStartsAt = segment.startsAt;
    const args = decoderArguments(this.#container, options, this.#hasSound);
    this.#process = new DecoderProcess(ffmpegPath, args, this.#hasSound, {
      picture: (picture) => this.#takePicture(picture),
      sound: (bytes) => this.#takeSound(bytes),
      complaint: () => this.#noteDamage(),
      lacks: () => undefined,
      exit: (wasClean, wasMissing) => this.#noteExit(wasClean, wasMissing),
    });
  }

  /** Why nothing more can be given to it; null while it works. */
  get failure(): StreamError | null {
    return this.#failure;
  }

  isContinuedBy({ init }: DecoderSegment, { firstS, hasSound }: MediaStart): boolean {
    const isSameInit = init === this.#init || (init !== null && this.#init !== null && init.equals(this.#init));
    const isSameSound = this.#hasSound === (this.options.wantsSound && hasSound);
    return isSameInit && isSameSound && Math.abs(firstS - this.#expectedS) <= CONTINUOUS_WITHIN_S;
  }

  async feed(segment: DecoderSegment, { firstS }: MediaStart): Promise<void> {
    const { startsAt, durationS } = segment;
    const isFirst = this.#spans.length === 0;
    this.#spans.push({ firstS, startsAt, durationS, pictures: 0, isDamaged: false });
    this.#expectedS = firstS + durationS;
    this.#watchForHang(durationS);
    if (isFirst && segment.init) await this.#process.write(segment.init);
    await this.#process.write(segment.bytes);
    if (this.#failure?.code === 'decoder_unavailable') throw this.#failure;
  }

  async finish(): Promise<void> {
    this.#isEnding = true;
    this.#cancelHang();
    const cancel = this.clock.after(FINISH_MS, () => void this.#process.kill());
    await this.#process.end();
    cancel();
  }

  async kill(): Promise<void> {
    this.#isEnding = true;
    this.#cancelHang();
    await this.#process.kill();
  }

  #takePicture({ jpeg, mediaTimeS, sourceWidth, sourceHeight }: TimedPicture): void {
    this.#cancelHang();
    // Open groups of pictures and edit lists shift the first picture a little against what the container says.
    this.#biasS ??= mediaTimeS - (this.#spans[0]?.firstS ?? mediaTimeS);
    const time = mediaTimeS - this.#biasS;
    const span = this.#spanAt(time);
    if (!span) return;
    span.pictures++;
    const capturedAt = span.startsAt + Math.max(0, time - span.firstS);
    if (!span.isDamaged) this.output.frame({ jpeg, capturedAt, sourceWidth, sourceHeight });
  }

  /** The segment that a time lies in; the ones before it are done with. */
  #spanAt(time: number): Span | undefined {
    while (this.#spans.length > 1 && time >= (this.#spans[1]?.firstS ?? Infinity) - 0.01) {
      const done = this.#spans.shift();
      const isExpected = done !== undefined && done.durationS * this.options.picture.fps >= 1;
      if (isExpected && (done.pictures === 0 || done.isDamaged)) this.output.damaged();
    }
    return this.#spans[0];
  }

  /** What is decoded of a segment after an error may be wrong until the next one begins with a whole picture. */
  #noteDamage(): void {
    const [span] = this.#spans;
    if (span) span.isDamaged = true;
  }

  #takeSound(bytes: Buffer): void {
    const capturedAt = this.#soundStartsAt + this.#pcm.samples / SOUND_HZ;
    const pcm = this.#pcm.push(bytes);
    if (pcm) this.output.sound({ pcm, capturedAt });
  }

  #watchForHang(durationS: number): void {
    this.#cancelHang();
    if (durationS * this.options.picture.fps < 1) return;
    this.#cancelHang = this.clock.after(HANG_MS, () => void this.#process.kill());
  }

  #noteExit(wasClean: boolean, wasMissing: boolean): void {
    this.#cancelHang();
    if (wasMissing) this.#failure = new StreamError('decoder_unavailable');
    else if (!this.#isEnding || !wasClean) this.#failure = new StreamError('decoder_failed');
  }
}
