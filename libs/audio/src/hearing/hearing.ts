import { AppError } from '@jiga/contracts';

import type { VoiceModels } from '../conversation/voice-ports.js';
import type { CommandRecognizer } from '../ports/recognition.port.js';
import { SPEECH_RATE_HZ } from '../ports/pcm.js';
import type { Understanding } from '../understanding/understanding.js';

/** Why there is no text: nothing like a command was heard, or something that is not sure enough to act upon. */
export type RejectReason = 'not_a_command' | 'uncertain';

/** What a turn of the player was heard as. */
export interface Heard {
  /** Empty when nothing was understood; of an uncertain one, the best guess. */
  readonly text: string;
  readonly isAccepted: boolean;
  readonly reason: RejectReason | null;
  /** 0–1; null = not told. */
  readonly confidence: number | null;
  /** Part of the voiced sound that the words cover, 0–1; null = not told. */
  readonly coverage: number | null;
  /** `commands`, or `provider:model` of free dictation. */
  readonly source: string;
}

const COMMANDS_SOURCE = 'commands';
/** What the recogniser of commands takes. */
const COMMAND_MAX_S = 30;

const NOT_A_COMMAND: Heard = {
  text: '',
  isAccepted: false,
  reason: 'not_a_command',
  confidence: null,
  coverage: null,
  source: COMMANDS_SOURCE,
};

/** From the sound of a turn to its words: commands on this machine, anything else by a model where there is one. */
export class Hearing {
  constructor(
    private readonly commands: Pick<CommandRecognizer, 'recognise' | 'prepare'>,
    private readonly models: () => VoiceModels,
  ) {}

  /** Readies the grammar, so that the first words do not wait for it; failures show when it is used. */
  prepare(understanding: Understanding, signal: AbortSignal): void {
    this.commands.prepare(understanding.grammar, signal).catch(() => {});
  }

  /**
   * @param pcm 16 kHz mono
   * @param onWaited told how long the recogniser had other things to do first; milliseconds
   * Rejects with the recogniser's AppError, or the signal's reason. A model that fails is as one that is not there.
   */
  async hear(
    pcm: Float32Array,
    understanding: Understanding,
    signal: AbortSignal,
    onWaited?: (ms: number) => void,
  ): Promise<Heard> {
    const command = await this.#command(pcm, understanding, signal, onWaited);
    if (command.isAccepted) return command;
    return (await this.#dictate(pcm, understanding, signal)) ?? command;
  }

  /** Whether a model may write down what is no command. */
  get canDictate(): boolean {
    return this.models().dictate !== null;
  }

  /** Free dictation alone. */
  async writeDown(pcm: Float32Array, understanding: Understanding, signal: AbortSignal): Promise<Heard> {
    return (await this.#dictate(pcm, understanding, signal)) ?? NOT_A_COMMAND;
  }

  /** null when no model serves. */
  async #dictate(pcm: Float32Array, understanding: Understanding, signal: AbortSignal): Promise<Heard | null> {
    const { dictate } = this.models();
    if (!dictate) return null;
    const { language, hints } = understanding;
    try {
      const { text, confidence, source } = await dictate({ pcm, language, hints }, signal);
      const words = text.trim();
      return {
        text: words,
        isAccepted: words !== '',
        reason: words === '' ? 'not_a_command' : null,
        confidence,
        coverage: null,
        source,
      };
    } catch {
      signal.throwIfAborted();
      return null;
    }
  }

  async #command(
    pcm: Float32Array,
    understanding: Understanding,
    signal: AbortSignal,
    onWaited?: (ms: number) => void,
  ): Promise<Heard> {
    if (pcm.length > COMMAND_MAX_S * SPEECH_RATE_HZ) return NOT_A_COMMAND;
    const found = await this.commands.recognise(pcm, understanding.grammar, { signal, onWaited });
    if (!found || found.text === '') return NOT_A_COMMAND;
    // The grammar is made of the rules of understanding; what these do not take is no command all the same.
    const isCommand = understanding.understand(found.text) !== null;
    return {
      text: found.text,
      isAccepted: found.accepted && isCommand,
      reason: found.accepted && isCommand ? null : 'uncertain',
      confidence: found.confidence,
      coverage: found.coverage,
      source: COMMANDS_SOURCE,
    };
  }
}

/** Whether the error says that too much was asked at once, and the same may work in a moment. */
export const isOverload = (error: unknown): boolean => error instanceof AppError && error.kind === 'overloaded';
