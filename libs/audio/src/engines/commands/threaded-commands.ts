import { AppError } from '@jiga/contracts';

import type { EngineHealth, EngineInfo } from '../../ports/engine.port.js';
import { SPEECH_RATE_HZ } from '../../ports/pcm.js';
import type {
  CommandRecognizer,
  RecogniseOptions,
  SpokenCommand,
  SpokenGrammar,
} from '../../ports/recognition.port.js';
import { commandEngine } from '../engine-list.js';
import { memoryOf } from '../threads/messages.js';
import type { ThreadPool } from '../threads/thread-pool.js';
import type { RecogniseJob } from './commands.role.js';

export const MAX_UTTERANCE_S = 30;
const MAX_ARCS = 50_000;
const MAX_WORDS = 5000;
const WORD = /^[\p{L}\p{N}][\p{L}\p{N}'’.-]{0,63}$/u;

/** SoundSwallower in worker threads. A grammar is readied in the thread that has a use for it, and stays until the next. */
export class ThreadedCommands implements CommandRecognizer {
  constructor(private readonly pool: ThreadPool) {}

  engines(): readonly EngineInfo[] {
    return [commandEngine()];
  }

  async probe(signal?: AbortSignal): Promise<EngineHealth> {
    try {
      await this.pool.call({ method: 'probe', argument: null, key: '', signal });
      return { state: 'ok', detail: null };
    } catch (error) {
      return { state: 'failed', detail: error instanceof Error ? error.message : null };
    }
  }

  async recognise(
    pcm: Float32Array,
    grammar: SpokenGrammar,
    { signal, onWaited }: RecogniseOptions = {},
  ): Promise<SpokenCommand | null> {
    checkGrammar(grammar);
    checkUtterance(pcm);
    const own = pcm.slice();
    const argument: RecogniseJob = { pcm: own, grammar };
    const key = grammar.id;
    return this.pool.call({ method: 'recognise', argument, key, signal, onWaited, transfer: memoryOf(own) });
  }

  async prepare(grammar: SpokenGrammar, signal?: AbortSignal): Promise<void> {
    checkGrammar(grammar);
    if (this.pool.has(grammar.id)) return;
    await this.pool.call({ method: 'prepare', argument: grammar, key: grammar.id, signal });
  }
}

/** Errors: `audio_too_long`. */
export function checkUtterance(pcm: Float32Array): void {
  if (pcm.length <= MAX_UTTERANCE_S * SPEECH_RATE_HZ) return;
  throw new AppError('audio_too_long', `At most ${MAX_UTTERANCE_S} s of speech are recognised at once`);
}

function checkGrammar({ graph, words }: SpokenGrammar): void {
  if (graph.arcs.length > MAX_ARCS || words.length > MAX_WORDS) {
    throw new RangeError('The grammar is too large');
  }
  const odd = words.find((word) => !WORD.test(word));
  if (odd !== undefined) throw new RangeError(`"${odd.slice(0, 64)}" is not a word that can be spoken`);
}
