import type { CancelTimer, Clock } from '@jiga/contracts';

import { StreamError } from '../stream-error.js';
import { SOUND_HZ, soundArguments, type SoundContainer } from './decoder-arguments.js';
import { DecoderProcess } from './decoder-process.js';
import { readFragmentStart } from './fragment.js';
import { readPackedAudio } from './packed-audio.js';
import { PcmReader } from './pcm-reader.js';
import type { DecoderOutput, DecoderSegment, StreamDecoder } from './stream-decoder.port.js';
import { readTransportStart } from './transport-stream.js';

/** A jump of the sound's own clock beyond this is a new stream to the decoder, which would fill it with silence. */
const CONTINUOUS_WITHIN_S = 0.5;
/** No sound within this after a segment was given: the program hangs. */
const HANG_MS = 10_000;
/** For the sound that it still has when its input ends. */
const FINISH_MS = 3_000;

/** What a segment is to the decoder. */
interface SoundStart {
  readonly container: SoundContainer;
  readonly init: Buffer | null;
  readonly bytes: Buffer;
  /** On the sound's own clock, seconds; null when its frames have none. */
  readonly firstS: number | null;
}

/**
 * Decodes the sound of segments that hold nothing else: MPEG-TS, fMP4, or bare frames of AAC or MP3. One ffmpeg as long as
 * the sound goes on, and another one where its clock jumps or its form changes.
 */
export class FfmpegSoundDecoder implements StreamDecoder {
  #run: SoundRun | null = null;
  #isClosed = false;

  constructor(
    private readonly ffmpegPath: string,
    private readonly clock: Clock,
    private readonly output: Pick<DecoderOutput, 'sound'>,
  ) {}

  async decode(segment: DecoderSegment): Promise<void> {
    const start = readStart(segment);
    if (!start) throw new StreamError('bad_media');
    const failure = this.#run?.failure ?? null;
    if (failure) this.#run = null;
    else if (this.#run && !this.#run.isContinuedBy(start)) await this.finish();
    if (this.#isClosed) return;
    this.#run ??= new SoundRun(this.ffmpegPath, this.clock, this.output, { start, startsAt: segment.startsAt });
    await this.#run.feed(start, segment.durationS);
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
class SoundRun {
  readonly #process: DecoderProcess;
  readonly #first: SoundStart;
  readonly #pcm = new PcmReader();
  #expectedS: number | null = null;
  #cancelHang: CancelTimer = () => undefined;
  #isEnding = false;
  #failure: StreamError | null = null;

  constructor(
    ffmpegPath: string,
    private readonly clock: Clock,
    output: Pick<DecoderOutput, 'sound'>,
    { start, startsAt }: { readonly start: SoundStart; readonly startsAt: number },
  ) {
    this.#first = start;
    this.#process = new DecoderProcess(ffmpegPath, soundArguments(start.container), true, {
      picture: () => undefined,
      sound: (bytes) => {
        this.#cancelHang();
        const capturedAt = startsAt + this.#pcm.samples / SOUND_HZ;
        const pcm = this.#pcm.push(bytes);
        if (pcm) output.sound({ pcm, capturedAt });
      },
      complaint: () => undefined,
      lacks: () => undefined,
      exit: (wasClean, wasMissing) => this.#noteExit(wasClean, wasMissing),
    });
  }

  /** Why nothing more can be given to it; null while it works. */
  get failure(): StreamError | null {
    return this.#failure;
  }

  isContinuedBy({ container, init, firstS }: SoundStart): boolean {
    const known = this.#first.init;
    const isSameInit = init === known || (init !== null && known !== null && init.equals(known));
    const isInTime =
      firstS === null || this.#expectedS === null || Math.abs(firstS - this.#expectedS) <= CONTINUOUS_WITHIN_S;
    return container === this.#first.container && isSameInit && isInTime;
  }

  async feed(start: SoundStart, durationS: number): Promise<void> {
    this.#cancelHang();
    this.#cancelHang = this.clock.after(HANG_MS, () => void this.#process.kill());
    if (this.#expectedS === null && start.init) await this.#process.write(start.init);
    this.#expectedS = (start.firstS ?? 0) + durationS;
    await this.#process.write(start.bytes);
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

  #noteExit(wasClean: boolean, wasMissing: boolean): void {
    this.#cancelHang();
    if (wasMissing) this.#failure = new StreamError('decoder_unavailable');
    else if (!this.#isEnding || !wasClean) this.#failure = new StreamError('decoder_failed');
  }
}

/** Null for bytes that hold no sound. */
function readStart({ init, bytes }: DecoderSegment): SoundStart | null {
  if (init) {
    const start = readFragmentStart(init, bytes, 'sound');
    return start && { container: 'mp4', init, bytes, firstS: start.firstS };
  }
  const packed = readPackedAudio(bytes);
  if (packed) return { container: packed.format, init: null, bytes: packed.frames, firstS: null };
  const start = readTransportStart(bytes, 'sound');
  return start && { container: 'mpegts', init: null, bytes, firstS: start.firstS };
}
