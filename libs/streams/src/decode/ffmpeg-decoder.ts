import type { Clock } from '@jiga/contracts';

import { CONTINUOUS_WITHIN_S, ContinuousDecoder, isSameInit, type DecoderRun } from './continuous-decoder.js';
import { decoderArguments, SOUND_HZ } from './decoder-arguments.js';
import type { TimedPicture } from './decoder-process.js';
import { readFragmentStart } from './fragment.js';
import { PcmReader } from './pcm-reader.js';
import type { DecoderOptions, DecoderOutput, DecoderSegment } from './stream-decoder.port.js';
import { readTransportStart, type MediaStart } from './transport-stream.js';
import { WatchedProcess } from './watched-process.js';

/** Where a segment lies on the stream's own clock, and on the broadcaster's. */
interface Span {
  readonly firstS: number;
  readonly startsAt: number;
  readonly durationS: number;
  pictures: number;
  isDamaged: boolean;
}

/** Decodes the pictures of segments, and their sound where it is wanted. */
export class FfmpegDecoder extends ContinuousDecoder<MediaStart> {
  constructor(ffmpegPath: string, clock: Clock, options: DecoderOptions, output: DecoderOutput) {
    super(
      ({ init, bytes }) => (init ? readFragmentStart(init, bytes) : readTransportStart(bytes)),
      (segment, start) => new PictureRun(ffmpegPath, clock, options, output, { segment, start }),
    );
  }
}

/** The life of one ffmpeg. */
class PictureRun implements DecoderRun<MediaStart> {
  readonly process: WatchedProcess;
  readonly #init: Buffer | null;
  readonly #hasSound: boolean;
  readonly #soundStartsAt: number;
  /** The segments whose pictures may still come. */
  readonly #spans: Span[] = [];
  #expectedS = Number.NaN;
  #biasS: number | null = null;
  readonly #pcm = new PcmReader();

  constructor(
    ffmpegPath: string,
    clock: Clock,
    private readonly options: DecoderOptions,
    private readonly output: DecoderOutput,
    { segment, start }: { segment: DecoderSegment; start: MediaStart },
  ) {
    this.#init = segment.init;
    this.#hasSound = options.wantsSound && start.hasSound;
    this.#soundStartsAt = segment.startsAt;
    const args = decoderArguments(segment.init ? 'mp4' : 'mpegts', options, this.#hasSound);
    this.process = new WatchedProcess(ffmpegPath, clock, args, this.#hasSound, {
      picture: (picture) => this.#takePicture(picture),
      sound: (bytes) => this.#takeSound(bytes),
      complaint: () => this.#noteDamage(),
    });
  }

  isContinuedBy({ init }: DecoderSegment, { firstS, hasSound }: MediaStart): boolean {
    const isSameSound = this.#hasSound === (this.options.wantsSound && hasSound);
    return isSameInit(init, this.#init) && isSameSound && Math.abs(firstS - this.#expectedS) <= CONTINUOUS_WITHIN_S;
  }

  async feed(segment: DecoderSegment, { firstS }: MediaStart): Promise<void> {
    const { startsAt, durationS } = segment;
    const isFirst = this.#spans.length === 0;
    this.#spans.push({ firstS, startsAt, durationS, pictures: 0, isDamaged: false });
    this.#expectedS = firstS + durationS;
    // One that is too short for a picture is none to wait for.
    if (durationS * this.options.picture.fps < 1) this.process.calm();
    else this.process.watchForHang();
    if (isFirst && segment.init) await this.process.write(segment.init);
    await this.process.write(segment.bytes);
  }

  #takePicture({ jpeg, mediaTimeS, sourceWidth, sourceHeight }: TimedPicture): void {
    this.process.calm();
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
}
