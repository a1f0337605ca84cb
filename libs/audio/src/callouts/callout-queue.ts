import { CALLOUT_PRIORITIES } from '@jiga/contracts';
import type { Callout, CalloutPriority } from '@jiga/contracts';

/** More have no chance of being said before they are old. */
const WAITING_MAX = 5;

/** Who has the floor when a callout might be spoken. */
export interface FloorState {
  readonly isPlayerSpeaking: boolean;
  /** JIGA speaks, or is about to answer. */
  readonly isBusy: boolean;
}

const rank = (priority: CalloutPriority): number => CALLOUT_PRIORITIES.indexOf(priority);

/**
 * Callouts that wait to be spoken: the most pressing first, then the newest, none that has expired. An urgent one may be
 * spoken over the player, any other waits for silence.
 */
export class CalloutQueue {
  #waiting: { readonly callout: Callout; readonly expiresAtMs: number }[] = [];

  get size(): number {
    return this.#waiting.length;
  }

  /**
   * Takes a callout, unless it is below what the player wants to hear (`from`; null = nothing). When the queue is full the
   * least pressing one gives way. `lifetimeMs` is how long it stays worth saying.
   */
  offer(callout: Callout, from: CalloutPriority | null, lifetimeMs: number, nowMs: number): void {
    if (from === null || rank(callout.priority) < rank(from) || lifetimeMs <= 0) return;
    this.#forgetExpired(nowMs);
    // Stable: among equals the newest, put in front, stays in front.
    this.#waiting.unshift({ callout, expiresAtMs: nowMs + lifetimeMs });
    this.#waiting.sort((a, b) => rank(b.callout.priority) - rank(a.callout.priority));
    this.#waiting.length = Math.min(this.#waiting.length, WAITING_MAX);
  }

  /** The one to speak now; null when none may be spoken. */
  take({ isPlayerSpeaking, isBusy }: FloorState, nowMs: number): Callout | null {
    this.#forgetExpired(nowMs);
    const next = this.#waiting[0]?.callout;
    if (!next || isBusy || (isPlayerSpeaking && next.priority !== 'urgent')) return null;
    this.#waiting.shift();
    return next;
  }

  /** Whether an urgent one waits: what is being said then gives way. */
  hasUrgent(nowMs: number): boolean {
    this.#forgetExpired(nowMs);
    return this.#waiting[0]?.callout.priority === 'urgent';
  }

  clear(): void {
    this.#waiting = [];
  }

  #forgetExpired(nowMs: number): void {
    this.#waiting = this.#waiting.filter(({ expiresAtMs }) => expiresAtMs > nowMs);
  }
}
