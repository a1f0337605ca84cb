import type { Clock } from '@jiga/contracts';

import type { Conversation } from '../conversation/conversation.js';
import type { Heard, Hearing } from '../hearing/hearing.js';
import type { VoiceMeter } from './voice-events.js';

export interface TurnEarsDeps {
  readonly clock: Clock;
  readonly hearing: Hearing;
  readonly conversation: Conversation;
  readonly meter: VoiceMeter;
  readonly role: 'player' | 'stream';
  /** Ends all of it. */
  readonly signal: AbortSignal;
}

/** A recognition that began in the silence at the end of a turn. */
interface HeardAhead {
  readonly heard: Promise<Heard>;
  readonly abort: AbortController;
}

/** Puts turns into words; ahead of their end, so that the words are there when it comes. */
export class TurnEars {
  #ahead: HeardAhead | null = null;

  constructor(private readonly deps: TurnEarsDeps) {
    this.prepare();
  }

  /** Readies what may be said as it is now. */
  prepare(): void {
    const { role, hearing, conversation, signal } = this.deps;
    if (role === 'player') hearing.prepare(conversation.understanding, signal);
  }

  /** The player pauses: perhaps this is all. `tell` gets what was heard, unless the player went on meanwhile. */
  hearAhead(pcm: Float32Array, tell: (heard: Heard) => void): void {
    if (this.deps.role === 'stream') return;
    this.forgetAhead();
    const abort = new AbortController();
    const heard = this.#hear(pcm, AbortSignal.any([abort.signal, this.deps.signal]));
    const ahead: HeardAhead = { heard, abort };
    this.#ahead = ahead;
    // What fails here fails again at the end of the turn, and is told then.
    heard.then((found) => this.#ahead === ahead && found.text !== '' && tell(found)).catch(() => {});
  }

  /** It was not the end. */
  forgetAhead(): void {
    this.#ahead?.abort.abort();
    this.#ahead = null;
  }

  /** The turn is over: gives the way to its words, to be asked when its time comes. Rejects as the recogniser does. */
  take(pcm: Float32Array): () => Promise<Heard> {
    const ahead = this.#ahead;
    this.#ahead = null;
    return async () => (await ahead?.heard.catch(() => null)) ?? (await this.#hear(pcm, this.deps.signal));
  }

  #hear(pcm: Float32Array, signal: AbortSignal): Promise<Heard> {
    const { hearing, conversation, meter, clock, role } = this.deps;
    const startedAtMs = clock.monotonicMs();
    const heard =
      role === 'stream'
        ? hearing.writeDown(pcm, conversation.understanding, signal)
        : hearing.hear(pcm, conversation.understanding, signal, (ms) => meter.latency('audio_wait', ms));
    return heard.finally(() => meter.latency('audio_recognise', clock.monotonicMs() - startedAtMs));
  }
}
