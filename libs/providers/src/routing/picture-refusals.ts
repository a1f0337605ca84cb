import { Logger } from '@nestjs/common';

import type { Clock } from '@jiga/contracts';

import type { ChainEntry } from '../provider.registry.js';
import type { Miss } from './give-up.js';

/** So long a model that refuses pictures is asked without; then one call tries. */
const LEFT_OUT_MS = 15 * 60_000;
/** Trouble of a service passes; more often it is no accident that only the words are answered. */
const ACCIDENTS_MAX = 2;

interface Refusals {
  readonly accidents: number;
  /** On the monotonic clock. */
  readonly leftOutUntilMs: number;
}

/**
 * Which models were declared to take pictures and refuse them: each turn would cost a call for nothing. A refusal counts only
 * when the same model then answered the same words, and of a model that never took a picture: with one that did, it was for
 * that picture, and who sent it must not take the sight from others.
 */
export class PictureRefusals {
  readonly #log = new Logger(PictureRefusals.name);
  readonly #models = new Map<string, Refusals>();
  readonly #seeing = new Set<string>();

  constructor(private readonly clock: Pick<Clock, 'monotonicMs'>) {}

  /** Whether the model is to be asked without pictures for now. */
  leavesOut(entry: ChainEntry): boolean {
    return (this.#models.get(nameOf(entry))?.leftOutUntilMs ?? 0) > this.clock.monotonicMs();
  }

  /** The model answered to a picture. */
  noteTaken(entry: ChainEntry): void {
    this.#seeing.add(nameOf(entry));
  }

  /** The model answered the words; `reason` is what became of the call with the picture. */
  noteRefused(entry: ChainEntry, reason: Miss['reason']): void {
    const name = nameOf(entry);
    if (this.#seeing.has(name)) return;
    const accidents = (this.#models.get(name)?.accidents ?? 0) + 1;
    const isRefusal = reason === 'bad_request' || (isTrouble(reason) && accidents > ACCIDENTS_MAX);
    if (isRefusal) {
      this.#models.set(name, { accidents: 0, leftOutUntilMs: this.clock.monotonicMs() + LEFT_OUT_MS });
      this.#log.warn(
        'A reply model that was declared to take pictures refuses them, and is asked without for a while: name in JIGA_REPLY_PICTURE_MODELS those alone that take them',
        { model: name, reason, forMs: LEFT_OUT_MS },
      );
    } else if (isTrouble(reason)) {
      this.#models.set(name, { accidents, leftOutUntilMs: 0 });
    }
  }
}

/** What the service said, and not the budget. */
const isTrouble = (reason: Miss['reason']): boolean => reason === 'unavailable' || reason === 'bad_answer';

const nameOf = ({ provider, model }: ChainEntry): string => `${provider.id}:${model}`;
