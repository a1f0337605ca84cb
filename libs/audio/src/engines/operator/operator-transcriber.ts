import { AppError } from '@jiga/contracts';

import type { EngineHealth, EngineInfo } from '../../ports/engine.port.js';
import type { SpeechTranscriber, Transcript } from '../../ports/recognition.port.js';
import { checkUtterance } from '../commands/threaded-commands.js';
import type { AudioThread } from '../threads/audio-thread.js';
import { memoryOf } from '../threads/messages.js';
import type { TranscribeJob } from './operator.role.js';

const TURN_ON =
  'Free dictation needs a model: set JIGA_ASR_MODEL_DIR to a folder with one for sherpa-onnx, or configure a transcription ' +
  'provider. Commands work without.';

/** Dictation by the operator's model; without one it says how to get one. */
export class OperatorTranscriber implements SpeechTranscriber {
  #health: EngineHealth;

  constructor(
    /** Null: no folder is set. */
    private readonly program: AudioThread | null,
  ) {
    this.#health = program ? { state: 'ok', detail: 'Not tried yet.' } : { state: 'off', detail: TURN_ON };
  }

  engines(): readonly EngineInfo[] {
    const models = this.program ? ['default'] : [];
    const facts = { id: 'sherpa-onnx', name: "The operator's transcription model (sherpa-onnx)", models };
    const health = (): EngineHealth => this.#health;
    return [{ ...facts, capability: 'transcription', languages: [], cpuPerSecond: null, isRemote: false, health }];
  }

  async probe(signal?: AbortSignal): Promise<EngineHealth> {
    if (!this.program) return this.#health;
    try {
      const kind = await this.program.call<string>('probeTranscription', null, signal);
      this.#health = { state: 'ok', detail: `Model: ${kind}` };
    } catch (error) {
      this.#health = { state: 'failed', detail: error instanceof Error ? error.message : null };
    }
    return this.#health;
  }

  async transcribe(
    pcm: Float32Array,
    { language = 'en', signal }: { readonly language?: string; readonly signal?: AbortSignal } = {},
  ): Promise<Transcript> {
    if (!this.program) throw new AppError('capability_unavailable', TURN_ON);
    checkUtterance(pcm);
    const own = pcm.slice();
    const job: TranscribeJob = { pcm: own, language: language.slice(0, 2).toLowerCase() };
    const found = await this.program.call<Transcript>('transcribe', job, signal, memoryOf(own));
    return { text: found.text, language: found.language };
  }
}
