import type { FrontEndSettings, FrontEndState, NoiseMode, VoiceFrame } from '../../ports/front-end.port.js';
import { SPEECH_RATE_HZ, VOICE_WINDOW_SAMPLES } from '../../ports/pcm.js';
import { EchoStage } from './echo-stage.js';
import { SampleQueue } from './sample-queue.js';
import type { StageKit } from './stage-kit.js';
import type { NoiseSuppressor, Resampler, VoiceActivityDetector } from './stages.js';

const WINDOW_MS = (VOICE_WINDOW_SAMPLES / SPEECH_RATE_HZ) * 1000;
const SILENCE_DB = -90;

/** One stream's way from the microphone's samples to cleaned windows with their probability of speech. */
export class StreamChain {
  readonly #detector: VoiceActivityDetector;
  readonly #raw = new SampleQueue();
  readonly #clean = new SampleQueue();
  readonly #farResamplers = new Map<number, Resampler>();
  #intake: Resampler;
  #echo: EchoStage | null;
  #noise: NoiseSuppressor | null;
  #noiseMode: NoiseMode;
  #windows = 0;
  #toSkip = 0;

  constructor(
    private readonly kit: StageKit,
    private settings: FrontEndSettings,
  ) {
    this.#detector = kit.detector();
    this.#intake = kit.resampler(settings.sampleRateHz, SPEECH_RATE_HZ);
    this.#echo = this.#makeEcho();
    this.#noiseMode = this.#wantedNoise();
    this.#noise = this.#makeNoise();
    this.#alignOutput();
  }

  get state(): FrontEndState {
    const echo = this.#echo ? (this.kit.canceller ? 'cancelled' : 'half-duplex') : 'off';
    return { noise: this.#noiseMode, echo, latencyMs: Math.round((this.#latency / SPEECH_RATE_HZ) * 1000) };
  }

  play(pcm: Float32Array, sampleRateHz: number): void {
    if (!this.#echo) return;
    let resampler = this.#farResamplers.get(sampleRateHz);
    resampler ??= this.kit.resampler(sampleRateHz, SPEECH_RATE_HZ);
    this.#farResamplers.set(sampleRateHz, resampler);
    this.#echo.play(resampler.push(pcm));
  }

  stopPlaying(): void {
    this.#echo?.stopPlaying();
    for (const resampler of this.#farResamplers.values()) resampler.reset();
  }

  async push(interleaved: Float32Array): Promise<VoiceFrame[]> {
    const heard = this.#intake.push(mixed(interleaved, this.settings.channels));
    this.#raw.push(heard);
    const near = this.#echo ? this.#echo.push(heard) : heard;
    this.#clean.push(this.#noise ? this.#noise.push(near) : near);
    this.#toSkip -= this.#clean.skip(this.#toSkip);
    const frames: VoiceFrame[] = [];
    for (let pcm = this.#clean.take(VOICE_WINDOW_SAMPLES); pcm; pcm = this.#clean.take(VOICE_WINDOW_SAMPLES)) {
      const speechProbability = await this.#detector.detect(pcm);
      const inputDb = loudness(this.#raw.take(VOICE_WINDOW_SAMPLES));
      frames.push({ pcm, speechProbability, startMs: this.#windows++ * WINDOW_MS, inputDb });
    }
    return frames;
  }

  configure(settings: FrontEndSettings): void {
    const before = this.settings;
    this.settings = settings;
    if (settings.sampleRateHz !== before.sampleRateHz || settings.channels !== before.channels) {
      this.#intake.close();
      this.#intake = this.kit.resampler(settings.sampleRateHz, SPEECH_RATE_HZ);
      this.reset();
    }
    if (settings.echoCancellation !== before.echoCancellation) {
      this.#echo?.close();
      this.#echo = this.#makeEcho();
      this.#alignOutput();
    }
    this.#followNoise();
  }

  reset(): void {
    for (const stage of [this.#intake, this.#echo, this.#noise, this.#detector]) stage?.reset();
    for (const resampler of this.#farResamplers.values()) resampler.reset();
    this.#windows = 0;
    this.#alignOutput();
  }

  close(): void {
    for (const stage of [this.#intake, this.#echo, this.#noise, this.#detector, ...this.#farResamplers.values()]) {
      stage?.close();
    }
  }

  get #latency(): number {
    return (this.#echo?.latencySamples ?? 0) + (this.#noise ? this.#noise.latencyMs * 16 : 0);
  }

  #makeEcho(): EchoStage | null {
    return this.settings.echoCancellation ? new EchoStage(this.kit.canceller?.() ?? null) : null;
  }

  #wantedNoise(): NoiseMode {
    const { noiseSuppression } = this.settings;
    return noiseSuppression === 'full' && !this.kit.full ? 'light' : noiseSuppression;
  }

  #makeNoise(): NoiseSuppressor | null {
    if (this.#noiseMode === 'off') return null;
    return this.#noiseMode === 'full' && this.kit.full ? this.kit.full() : this.kit.light();
  }

  #followNoise(): void {
    const wanted = this.#wantedNoise();
    if (wanted === this.#noiseMode) return;
    this.#noise?.close();
    this.#noiseMode = wanted;
    this.#noise = this.#makeNoise();
    this.#alignOutput();
  }

  /**
   * The stages give out silence first, as long as their latency: it is left out, so that a window is the same moment cleaned
   * and raw. What waits between the stages is lost with it, less than a window.
   */
  #alignOutput(): void {
    this.#raw.clear();
    this.#clean.clear();
    this.#toSkip = this.#latency;
  }
}

function mixed(interleaved: Float32Array, channels: number): Float32Array {
  if (channels === 1) return interleaved;
  const mono = new Float32Array(Math.floor(interleaved.length / channels));
  for (let at = 0; at < mono.length; at++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) sum += interleaved[at * channels + channel] ?? 0;
    mono[at] = sum / channels;
  }
  return mono;
}

function loudness(window: Float32Array | null): number {
  if (!window) return SILENCE_DB;
  const power = window.reduce((sum, value) => sum + value * value, 0) / window.length;
  return Math.max(SILENCE_DB, 10 * Math.log10(power + 1e-12));
}
