import type { FrontEndSettings, FrontEndState, HeardSound, NoiseMode, VoiceFrame } from '../../ports/front-end.port.js';
import { SPEECH_RATE_HZ, VOICE_WINDOW_SAMPLES } from '../../ports/pcm.js';
import { EchoStage } from './echo-stage.js';
import { HISS_VOICING, HissWatch } from './hiss-watch.js';
import { SampleQueue } from './sample-queue.js';
import { SpeechGate, type GatedWindow } from './speech-gate.js';
import type { StageKit } from './stage-kit.js';
import type { NoiseSuppressor, Resampler } from './stages.js';

const WINDOW_MS = (VOICE_WINDOW_SAMPLES / SPEECH_RATE_HZ) * 1000;
const SILENCE_DB = -90;

/** One stream's way from the microphone's samples to windows with their probability of speech, cleaned where there is any. */
export class StreamChain {
  readonly #gate: SpeechGate;
  readonly #hiss: HissWatch;
  readonly #raw = new SampleQueue();
  readonly #near = new SampleQueue();
  /** Of the windows inside of the gate. */
  readonly #loudness = new Map<number, number>();
  readonly #farResamplers = new Map<number, Resampler>();
  #intake: Resampler;
  #echo: EchoStage | null;
  #noiseMode: NoiseMode;
  #windows = 0;
  #toSkip = 0;

  constructor(
    private readonly kit: StageKit,
    private settings: FrontEndSettings,
  ) {
    this.#intake = kit.resampler(settings.sampleRateHz, SPEECH_RATE_HZ);
    this.#echo = this.#makeEcho();
    this.#noiseMode = this.#wantedNoise();
    this.#gate = new SpeechGate(kit.detector, this.#makeNoise());
    this.#hiss = new HissWatch(kit.detector());
    this.#alignOutput();
  }

  get state(): FrontEndState {
    const echo = this.#echo ? (this.kit.canceller ? 'cancelled' : 'half-duplex') : 'off';
    const latency = (this.#echo?.latencySamples ?? 0) / SPEECH_RATE_HZ;
    return { noise: this.#noiseMode, echo, latencyMs: Math.round(latency * 1000) };
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

  async push(interleaved: Float32Array): Promise<HeardSound> {
    const heard = this.#intake.push(mixed(interleaved, this.settings.channels));
    this.#raw.push(heard);
    this.#near.push(this.#echo ? this.#echo.push(heard) : heard);
    this.#toSkip -= this.#near.skip(this.#toSkip);
    const voicing: number[] = [];
    const frames: VoiceFrame[] = [];
    for (let pcm = this.#near.take(VOICE_WINDOW_SAMPLES); pcm; pcm = this.#near.take(VOICE_WINDOW_SAMPLES)) {
      this.#loudness.set(this.#windows++, loudness(this.#raw.take(VOICE_WINDOW_SAMPLES)));
      const found = await this.#gate.push(pcm);
      voicing.push(await this.#voicing(pcm, found.voicing));
      frames.push(...found.windows.map((window) => this.#frame(window)));
    }
    return { frames, voicing };
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
    for (const stage of [this.#intake, this.#echo, this.#gate, this.#hiss, ...this.#farResamplers.values()])
      stage?.reset();
    this.#windows = 0;
    this.#loudness.clear();
    this.#alignOutput();
  }

  close(): void {
    for (const stage of [this.#intake, this.#echo, this.#gate, this.#hiss, ...this.#farResamplers.values()])
      stage?.close();
  }

  /** A hiss that may begin a word counts as well; not where JIGA's own hisses may be left over from an echo. */
  async #voicing(window: Float32Array, probability: number): Promise<number> {
    const isHiss = await this.#hiss.push(window);
    return isHiss && !this.#echo?.isCancelling ? Math.max(probability, HISS_VOICING) : probability;
  }

  /** A window of the gate as it is given out. The samples of one that was not cleaned stay with the gate. */
  #frame({ pcm, speechProbability, index, before }: GatedWindow): VoiceFrame {
    const inputDb = this.#loudness.get(index) ?? SILENCE_DB;
    this.#loudness.delete(index);
    return { pcm: pcm.slice(), speechProbability, startMs: index * WINDOW_MS, inputDb, before };
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
    this.#noiseMode = wanted;
    this.#gate.suppressWith(this.#makeNoise());
  }

  /**
   * The canceller gives out silence first, as long as its latency: it is left out, so that a window is the same moment
   * cleaned and raw. What waits between the stages is lost with it, less than a window.
   */
  #alignOutput(): void {
    this.#raw.clear();
    this.#near.clear();
    this.#toSkip = this.#echo?.latencySamples ?? 0;
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
