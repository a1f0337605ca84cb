import type { Clock } from '@jiga/contracts';

import { CONTINUOUS_WITHIN_S, ContinuousDecoder, isSameInit, type DecoderRun } from './continuous-decoder.js';
import { SOUND_HZ, soundArguments, type SoundContainer } from './decoder-arguments.js';
import { readFragmentStart } from './fragment.js';
import { readPackedAudio } from './packed-audio.js';
import { PcmReader } from './pcm-reader.js';
import type { DecoderOutput, DecoderSegment } from './stream-decoder.port.js';
import { readTransportStart } from './transport-stream.js';
import { WatchedProcess } from './watched-process.js';

/** What a segment is to the decoder. */
interface SoundStart {
  readonly container: SoundContainer;
  readonly init: Buffer | null;
  readonly bytes: Buffer;
  /** On the sound's own clock, seconds; null when its frames have none. */
  readonly firstS: number | null;
}

/** Decodes the sound of segments that hold nothing else: MPEG-TS, fMP4, or bare frames of AAC or MP3. */
export class FfmpegSoundDecoder extends ContinuousDecoder<SoundStart> {
  constructor(ffmpegPath: string, clock: Clock, output: Pick<DecoderOutput, 'sound'>) {
    super(readStart, (segment, start) => new SoundRun(ffmpegPath, clock, output, segment, start));
  }
}

/** The life of one ffmpeg. */
class SoundRun implements DecoderRun<SoundStart> {
  readonly process: WatchedProcess;
  readonly #pcm = new PcmReader();
  /** On the sound's own clock: a jump would be filled with silence. */
  #expectedS: number | null = null;

  constructor(
    ffmpegPath: string,
    clock: Clock,
    output: Pick<DecoderOutput, 'sound'>,
    { startsAt }: DecoderSegment,
    private readonly first: SoundStart,
  ) {
    this.process = new WatchedProcess(ffmpegPath, clock, soundArguments(first.container), true, {
      picture: () => undefined,
      sound: (bytes) => {
        this.process.calm();
        const capturedAt = startsAt + this.#pcm.samples / SOUND_HZ;
        const pcm = this.#pcm.push(bytes);
        if (pcm) output.sound({ pcm, capturedAt });
      },
      complaint: () => undefined,
    });
  }

  isContinuedBy(_segment: DecoderSegment, { container, init, firstS }: SoundStart): boolean {
    const isInTime =
      firstS === null || this.#expectedS === null || Math.abs(firstS - this.#expectedS) <= CONTINUOUS_WITHIN_S;
    return container === this.first.container && isSameInit(init, this.first.init) && isInTime;
  }

  async feed({ durationS }: DecoderSegment, start: SoundStart): Promise<void> {
    const isFirst = this.#expectedS === null;
    this.#expectedS = (start.firstS ?? 0) + durationS;
    this.process.watchForHang();
    if (isFirst && start.init) await this.process.write(start.init);
    await this.process.write(start.bytes);
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
