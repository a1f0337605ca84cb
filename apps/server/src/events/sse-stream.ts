import { Readable } from 'node:stream';

import type { CancelTimer, Clock } from '@jiga/contracts';
import type { EventSink, ResumeGap, SessionEvent } from '@jiga/timeline';

import type { StateSnapshot } from './state-snapshot.js';

export interface SseStreamDeps {
  readonly clock: Clock;
  readonly heartbeatMs: number;
  readonly snapshot: () => StateSnapshot;
  /** Told once when the stream has ended, by whichever side. */
  readonly onClosed: () => void;
}

/** How soon a client whose connection broke comes back, in milliseconds. */
const RETRY_MS = 2_000;
/** Unsent text after which the client counts as slow; the network has buffers of its own. */
const BUFFER_CHARS = 256 * 1024;

/**
 * Events as a server-sent events stream (HTML standard, §9.2). Each event has its id, so that a client resumes with
 * `Last-Event-ID` by itself; what is no event of the session (`resume_gap`, `state_snapshot`, `events_dropped`) has none.
 */
export class SseStream implements EventSink {
  readonly readable: Readable;
  readonly #stopHeartbeat: CancelTimer;
  #onRoom: (() => void) | null = null;

  constructor(private readonly deps: SseStreamDeps) {
    this.readable = new Readable({ highWaterMark: BUFFER_CHARS, encoding: 'utf8', read: () => this.#tellRoom() });
    this.readable.once('close', () => this.#dispose());
    this.#stopHeartbeat = deps.clock.every(deps.heartbeatMs, () => {
      // One that waits to be read is sign enough that the server lives.
      if (this.hasRoom()) this.#push(': still here\n\n');
    });
    this.#push(`retry: ${RETRY_MS}\n\n`);
  }

  hasRoom(): boolean {
    return this.readable.readableLength < BUFFER_CHARS;
  }

  whenRoom(callback: () => void): void {
    this.#onRoom = callback;
  }

  sendEvent(event: SessionEvent): void {
    this.#push(`id: ${event.event_id}\n${block(event.type, event)}`);
  }

  sendDropped(count: number): void {
    this.#push(block('events_dropped', { count }));
  }

  sendGap(gap: ResumeGap): void {
    this.#push(block('resume_gap', gap) + block('state_snapshot', this.deps.snapshot()));
  }

  onEnd(): void {
    this.end();
  }

  /** Ends the stream after what was sent. May be called twice. */
  end(): void {
    if (!this.readable.readableEnded && !this.readable.destroyed) this.readable.push(null);
    this.#stopHeartbeat();
  }

  #push(text: string): void {
    if (!this.readable.destroyed) this.readable.push(text);
  }

  #tellRoom(): void {
    const callback = this.#onRoom;
    this.#onRoom = null;
    callback?.();
  }

  #dispose(): void {
    this.#stopHeartbeat();
    this.deps.onClosed();
  }
}

/** JSON has no line breaks outside its strings, and inside them they are escaped: the data is always one line. */
const block = (type: string, data: object): string => `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
