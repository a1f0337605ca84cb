import type { AudioDecoder, AudioEncoder, DecodedAudio, DecodeOptions, EncodeOptions } from '../../ports/codec.port.js';
import type { EngineHealth, EngineInfo } from '../../ports/engine.port.js';
import type { PcmAudio } from '../../ports/pcm.js';
import { codecEngines } from '../engine-list.js';
import type { AudioThread } from '../threads/audio-thread.js';
import { memoryOf } from '../threads/messages.js';
import type { DecodeJob, EncodeJob, ResampleJob } from './codec.role.js';

const DEFAULT_MAX_SECONDS = 300;

/** Reading and writing files of sound in a worker thread. */
export class ThreadedCodec implements AudioDecoder, AudioEncoder {
  constructor(
    private readonly thread: AudioThread,
    private readonly hasMp3: boolean,
  ) {}

  engines(): readonly EngineInfo[] {
    return codecEngines(this.hasMp3);
  }

  async probe(signal?: AbortSignal): Promise<EngineHealth> {
    try {
      await this.thread.call('probe', null, signal);
      return { state: 'ok', detail: null };
    } catch (error) {
      return { state: 'failed', detail: error instanceof Error ? error.message : null };
    }
  }

  decode(bytes: Uint8Array, { signal, maxSeconds = DEFAULT_MAX_SECONDS }: DecodeOptions = {}): Promise<DecodedAudio> {
    // A copy in memory of its own: bytes of a pooled buffer cannot change their owner.
    const own = new Uint8Array(bytes);
    const job: DecodeJob = { bytes: own, maxSeconds };
    return this.thread.call('decode', job, signal, [own.buffer]);
  }

  encode(audio: PcmAudio, { signal, ...options }: EncodeOptions): Promise<Uint8Array> {
    const channels = audio.channels.map((pcm) => pcm.slice());
    const job: EncodeJob = { audio: { channels, sampleRateHz: audio.sampleRateHz }, options };
    return this.thread.call('encode', job, signal, memoryOf(...channels));
  }

  resample(pcm: Float32Array, fromHz: number, toHz: number, signal?: AbortSignal): Promise<Float32Array> {
    const own = pcm.slice();
    const job: ResampleJob = { pcm: own, fromHz, toHz };
    return this.thread.call('resample', job, signal, memoryOf(own));
  }
}
