import type { CancelTimer, Clock } from '@jiga/contracts';
import type { JigaConfig } from '@jiga/platform';

import { AnalysisSampler } from './analysis-sampler.js';
import { SessionJournal } from './session-journal.js';

/** A session's timeline in memory. */
export interface OpenJournal {
  readonly journal: SessionJournal;
  readonly sampler: AnalysisSampler;
}

interface Lingering extends OpenJournal {
  /** Monotonic milliseconds. */
  readonly untilMs: number;
}

/** How long an ended session's events stay in memory, for subscribers that just lost their connection. */
const LINGER_MS = 60_000;
/** Ended sessions in memory at most. */
const LINGERING_MAX = 1_000;

/** The timelines in memory: those of live sessions, and for a while those of ended ones. */
export class Journals {
  readonly #live = new Map<string, OpenJournal>();
  /** The one that goes first comes first. */
  readonly #lingering = new Map<string, Lingering>();
  /** One for all of them: many sessions may end at once. */
  #timer: CancelTimer | null = null;

  constructor(
    private readonly settings: JigaConfig['timeline'],
    private readonly clock: Clock,
  ) {}

  get size(): number {
    return this.#live.size + this.#lingering.size;
  }

  get(sessionId: string): OpenJournal | null {
    return this.#live.get(sessionId) ?? this.#lingering.get(sessionId) ?? null;
  }

  /** Takes up the timeline of a session. @param past what is stored of it; absent = nothing */
  open(sessionId: string, past?: { readonly last: number; readonly hasEnded: boolean }): OpenJournal {
    const opened: OpenJournal = {
      journal: new SessionJournal(sessionId, this.settings, past),
      sampler: new AnalysisSampler(this.settings, this.clock),
    };
    this.#live.set(sessionId, opened);
    if (past?.hasEnded === true) this.retire(sessionId);
    return opened;
  }

  /** The session has ended: its timeline is let go after a while. */
  retire(sessionId: string): void {
    const opened = this.#live.get(sessionId);
    if (!opened) return;
    this.#live.delete(sessionId);
    this.#lingering.set(sessionId, { ...opened, untilMs: this.clock.monotonicMs() + LINGER_MS });
    this.#timer ??= this.clock.after(LINGER_MS, () => this.#letGo());
    const [oldest] = this.#lingering.keys();
    if (this.#lingering.size > LINGERING_MAX && oldest !== undefined) this.forget(oldest);
  }

  forget(sessionId: string): void {
    this.#lingering.delete(sessionId);
    this.#live.delete(sessionId);
    if (this.#lingering.size > 0) return;
    this.#timer?.();
    this.#timer = null;
  }

  clear(): void {
    for (const id of [...this.#live.keys(), ...this.#lingering.keys()]) this.forget(id);
  }

  #letGo(): void {
    this.#timer = null;
    const nowMs = this.clock.monotonicMs();
    for (const [id, { untilMs }] of this.#lingering) {
      if (untilMs <= nowMs) {
        this.forget(id);
        continue;
      }
      this.#timer = this.clock.after(untilMs - nowMs, () => this.#letGo());
      return;
    }
  }
}
