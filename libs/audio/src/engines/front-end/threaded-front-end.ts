import { AppError } from '@jiga/contracts';

import type { EngineHealth, EngineInfo } from '../../ports/engine.port.js';
import type {
  FrontEndSettings,
  FrontEndState,
  FrontEndStream,
  HeardSound,
  NoiseMode,
  VoiceFrontEnd,
} from '../../ports/front-end.port.js';
import { frontEndEngines } from '../engine-list.js';
import type { AudioThread } from '../threads/audio-thread.js';
import { memoryOf } from '../threads/messages.js';
import type { EarsHeard, EarsPlay, EarsPush } from './ears.role.js';

/** Of one stream, waiting to be worked on: more means that the machine cannot follow. */
const MAX_WAITING_S = 10;
/** With more than this waiting, full suppression is too much just now: the light one takes over for a while. */
const LAGGING_S = 1;
const LIGHT_FOR_S = 30;
/** Streams before a second thread is started, so that two processors are of use. */
const STREAMS_PER_THREAD = 8;

export interface ThreadedFrontEndOptions {
  readonly threads: readonly AudioThread[];
  /** Streams that have full suppression at once; those opened later get the light one until there is room. */
  readonly fullNoiseStreamsMax: number;
}

/** The front end in worker threads: a stream stays with its thread, which keeps its state. */
export class ThreadedFrontEnd implements VoiceFrontEnd {
  readonly #streams = new Map<ThreadedStream, AudioThread>();
  #nextId = 1;

  constructor(private readonly options: ThreadedFrontEndOptions) {}

  engines(): readonly EngineInfo[] {
    return frontEndEngines();
  }

  async probe(signal?: AbortSignal): Promise<EngineHealth> {
    try {
      await this.#freest().call('probe', null, signal);
      return { state: 'ok', detail: null };
    } catch (error) {
      return { state: 'failed', detail: error instanceof Error ? error.message : null };
    }
  }

  open(settings: FrontEndSettings): FrontEndStream {
    const thread = this.#freest();
    const stream: ThreadedStream = new ThreadedStream(this.#nextId++, thread, settings, {
      mayBeFull: () => this.#mayBeFull(stream),
      closed: () => {
        this.#streams.delete(stream);
        thread.release();
      },
    });
    this.#streams.set(stream, thread);
    thread.hold();
    return stream;
  }

  /** The one with the fewest streams; another is only begun once the first has its share. */
  #freest(): AudioThread {
    const loads = this.options.threads.map((thread) => ({ thread, load: this.#loadOf(thread) }));
    const begun = loads.filter(({ load }, index) => index === 0 || load > 0);
    const all = begun.every(({ load }) => load >= STREAMS_PER_THREAD) ? loads : begun;
    const best = all.reduce((a, b) => (b.load < a.load ? b : a));
    return best.thread;
  }

  #loadOf(wanted: AudioThread): number {
    return [...this.#streams.values()].filter((thread) => thread === wanted).length;
  }

  /** The longest open come first. */
  #mayBeFull(stream: ThreadedStream): boolean {
    let before = 0;
    for (const other of this.#streams.keys()) {
      if (other === stream) return before < this.options.fullNoiseStreamsMax;
      if (other.wantsFull) before += 1;
    }
    return false;
  }
}

interface StreamOwner {
  mayBeFull(): boolean;
  closed(): void;
}

class ThreadedStream implements FrontEndStream {
  #state: FrontEndState;
  #waiting = 0;
  /** Seconds of sound for which the light suppression still stands in. */
  #lightFor = 0;
  #closed = false;
  readonly #end = new AbortController();

  constructor(
    private readonly id: number,
    private readonly thread: AudioThread,
    private settings: FrontEndSettings,
    private readonly owner: StreamOwner,
  ) {
    this.#state = { noise: settings.noiseSuppression, echo: 'off', latencyMs: 0 };
  }

  get state(): FrontEndState {
    return this.#state;
  }

  get wantsFull(): boolean {
    return this.settings.noiseSuppression === 'full';
  }

  async push(pcm: Float32Array, signal?: AbortSignal): Promise<HeardSound> {
    if (this.#closed) throw new AppError('session_closed');
    const { sampleRateHz, channels } = this.settings;
    const seconds = pcm.length / channels / sampleRateHz;
    if (this.#waiting + seconds > MAX_WAITING_S) throw new AppError('audio_overloaded');
    this.#waiting += seconds;
    this.#lightFor = this.#waiting > LAGGING_S ? LIGHT_FOR_S : this.#lightFor - seconds;
    const own = finite(pcm);
    const request: EarsPush = { stream: this.id, settings: this.#effective(), pcm: own };
    const until = signal ? AbortSignal.any([signal, this.#end.signal]) : this.#end.signal;
    try {
      const { state, ...heard } = await this.thread.call<EarsHeard>('push', request, until, memoryOf(own));
      this.#state = state;
      return heard;
    } finally {
      this.#waiting -= seconds;
    }
  }

  play(pcm: Float32Array, sampleRateHz: number): void {
    if (this.#closed || !this.settings.echoCancellation) return;
    const own = finite(pcm);
    const request: EarsPlay = { stream: this.id, settings: this.#effective(), pcm: own, sampleRateHz };
    this.thread.send('play', request, memoryOf(own));
  }

  stopPlaying(): void {
    this.thread.send('stopPlaying', this.id);
  }

  configure(settings: FrontEndSettings): void {
    this.settings = settings;
  }

  reset(): void {
    this.thread.send('reset', this.id);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#end.abort(new AppError('session_closed'));
    this.thread.send('close', this.id);
    this.owner.closed();
  }

  #effective(): FrontEndSettings {
    const wanted = this.settings.noiseSuppression;
    const mayBeFull = this.#lightFor <= 0 && this.owner.mayBeFull();
    const noiseSuppression: NoiseMode = wanted === 'full' && !mayBeFull ? 'light' : wanted;
    return { ...this.settings, noiseSuppression };
  }
}

/** A copy in which what is no number is silence: one NaN would stay in a filter's state for ever. */
function finite(pcm: Float32Array): Float32Array {
  const own = new Float32Array(pcm.length);
  for (let at = 0; at < pcm.length; at++) {
    const value = pcm[at] ?? 0;
    own[at] = value >= -1 && value <= 1 ? value : value > 1 ? 1 : value < -1 ? -1 : 0;
  }
  return own;
}
