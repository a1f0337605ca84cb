import type { AudioDecoder, AudioEncoder } from './codec.port.js';
import type { EngineInfo } from './engine.port.js';
import type { VoiceFrontEnd } from './front-end.port.js';
import type { CommandRecognizer, SpeechTranscriber } from './recognition.port.js';
import type { SpeechSynthesizer } from './speech.port.js';

/** All engines of a server. Nothing starts before it is used. */
export interface AudioEngines {
  readonly frontEnd: VoiceFrontEnd;
  readonly commands: CommandRecognizer;
  readonly transcriber: SpeechTranscriber;
  readonly speech: SpeechSynthesizer;
  readonly decoder: AudioDecoder;
  readonly encoder: AudioEncoder;
  /** Every engine of every port. */
  list(): readonly EngineInfo[];
  /** Ends the threads; what is under way is rejected with `session_closed`. May be called again. */
  close(): Promise<void>;
}

/** Injection token of the {@link AudioEngines}. */
export const AUDIO_ENGINES = Symbol.for('jiga:audio-engines');
