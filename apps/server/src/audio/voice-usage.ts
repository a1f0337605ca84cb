import type { VoiceMeter } from '@jiga/audio';
import type { CallAccounting } from '@jiga/contracts';
import type { LiveSession } from '@jiga/sessions';

const EARS = { provider: 'soundswallower', model: 'commands', capability: 'transcription' } as const;
const NO_TOKENS = { inputTokens: 0, outputTokens: 0 };
/** Sound is counted in portions of this length. */
const PORTION_S = 5;

/**
 * Counts what a session hears and says into its figures and its usage. Models of services are accounted for where they are
 * called; what this machine does is counted here, and costs nothing.
 */
export class VoiceUsage implements VoiceMeter {
  #unheardS = 0;

  constructor(
    private readonly session: LiveSession,
    private readonly accounts: CallAccounting,
    /** Whether a provider works on this machine. */
    private readonly isLocal: (provider: string) => boolean,
  ) {}

  heard(seconds: number): void {
    this.session.metrics.voice.heard(seconds);
    this.#unheardS += seconds;
    if (this.#unheardS >= PORTION_S) this.flush();
  }

  spoken(seconds: number, source: string): void {
    this.session.metrics.voice.spoken(seconds);
    const [provider = '', model = ''] = source.split(':');
    if (this.isLocal(provider)) this.#count({ provider, model, capability: 'speech' }, seconds);
  }

  utterance(isAccepted: boolean): void {
    this.session.metrics.voice.utterance(isAccepted);
  }

  interruption(): void {
    this.session.metrics.voice.interruption();
  }

  latency(stage: string, ms: number): void {
    this.session.metrics.voice.latency(stage, ms);
  }

  /** Counts what was heard since the last time. */
  flush(): void {
    if (this.#unheardS > 0) this.#count(EARS, this.#unheardS);
    this.#unheardS = 0;
  }

  #count(
    what: { readonly provider: string; readonly model: string; readonly capability: 'speech' | 'transcription' },
    audioSeconds: number,
  ): void {
    const most = { mostInputTokens: 0, mostOutputTokens: 0, mostAudioSeconds: audioSeconds };
    const planned = { ...what, ...most, sessionId: this.session.id, isRemote: false, hasLocalAlternative: true };
    this.accounts.reserve(planned).grant?.settle({ ...NO_TOKENS, audioSeconds });
  }
}
