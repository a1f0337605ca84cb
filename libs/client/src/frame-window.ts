import type { Clock } from '@jiga/contracts';
import { JigaError } from './jiga-error.js';
import type { FrameOutcome } from './types.js';

export type Message = Uint8Array | string;

/** A message, or what makes it when its turn has come. */
export type MessageSource = Message | (() => Message | Promise<Message>);

interface PendingFrame {
  readonly requestId: string;
  readonly message: MessageSource;
  readonly resolve: (outcome: FrameOutcome) => void;
  readonly reject: (error: JigaError) => void;
  cancelTimeout: () => void;
}

/**
 * Frames between `sendFrame` and their answer. At most so many are on the way, and no more a second than may be; one more
 * waits, and a newer one takes its place: a stale frame is worth less than the newest. So memory is bounded however slow
 * the server is.
 */
export class FrameWindow {
  private readonly inFlight = new Map<string, PendingFrame>();
  private waiting: PendingFrame | undefined;
  private send: ((message: Message) => void) | undefined;
  private minIntervalMs = 0;
  private nextAtMs = Number.NEGATIVE_INFINITY;
  private cancelPace: (() => void) | undefined;

  constructor(
    private maxInFlight: number,
    private readonly answerTimeoutMs: number,
    private readonly clock: Pick<Clock, 'nowMs' | 'after'>,
  ) {}

  /** Frames on the way. */
  get size(): number {
    return this.inFlight.size;
  }

  /** Takes other bounds from now on. @param maxPerSecond null = as fast as answers come */
  limit(maxInFlight: number, maxPerSecond: number | null): void {
    this.maxInFlight = maxInFlight;
    this.minIntervalMs = maxPerSecond === null ? 0 : 1000 / maxPerSecond;
    this.pump();
  }

  submit(requestId: string, message: MessageSource): Promise<FrameOutcome> {
    return new Promise((resolve, reject) => {
      this.waiting?.resolve({ status: 'dropped', reason: 'client_superseded' });
      this.waiting = { requestId, message, resolve, reject, cancelTimeout: () => undefined };
      this.pump();
    });
  }

  /** The connection can take messages from now on. */
  open(send: (message: Message) => void): void {
    this.send = send;
    this.pump();
  }

  /** The connection is gone: what was on the way will not be answered; the waiting frame keeps its place. */
  lost(): void {
    this.send = undefined;
    this.stopPacing();
    this.dropInFlight('client_connection_lost');
  }

  close(): void {
    this.send = undefined;
    this.stopPacing();
    this.dropInFlight('client_closed');
    this.waiting?.resolve({ status: 'dropped', reason: 'client_closed' });
    this.waiting = undefined;
  }

  /** Settles a frame; false when no such frame is on the way. */
  answer(requestId: unknown, outcome: FrameOutcome | JigaError): boolean {
    const frame = typeof requestId === 'string' ? this.inFlight.get(requestId) : undefined;
    if (!frame) return false;
    this.inFlight.delete(frame.requestId);
    frame.cancelTimeout();
    if (outcome instanceof JigaError) frame.reject(outcome);
    else frame.resolve(outcome);
    this.pump();
    return true;
  }

  private pump(): void {
    const frame = this.waiting;
    if (!frame || !this.send || this.inFlight.size >= this.maxInFlight || this.isTooEarly()) return;
    this.waiting = undefined;
    this.keepBeat();
    this.inFlight.set(frame.requestId, frame);
    frame.cancelTimeout = this.clock.after(this.answerTimeoutMs, () => {
      const waited = `No answer within ${this.answerTimeoutMs} ms`;
      this.answer(frame.requestId, new JigaError('client_answer_timeout', waited, { retryable: true }));
    });
    if (typeof frame.message !== 'function') this.send(frame.message);
    else void this.make(frame, frame.message);
  }

  private async make(frame: PendingFrame, source: () => Message | Promise<Message>): Promise<void> {
    try {
      const message = await source();
      // The connection may have broken meanwhile: the frame is settled then.
      if (this.inFlight.get(frame.requestId) === frame) this.send?.(message);
    } catch (cause) {
      const text = cause instanceof Error ? cause.message : String(cause);
      this.answer(frame.requestId, new JigaError('client_no_picture', text, { cause }));
    }
  }

  /** A frame that is a little late does not shift the beat, and a pause is not caught up. */
  private keepBeat(): void {
    const nowMs = this.clock.nowMs();
    const isOnBeat = nowMs - this.nextAtMs < this.minIntervalMs;
    this.nextAtMs = (isOnBeat ? this.nextAtMs : nowMs) + this.minIntervalMs;
  }

  /** Also sees to it that the waiting frame goes out when it may. */
  private isTooEarly(): boolean {
    const waitMs = this.nextAtMs - this.clock.nowMs();
    if (this.minIntervalMs === 0 || waitMs <= 0) return false;
    this.cancelPace ??= this.clock.after(waitMs, () => {
      this.cancelPace = undefined;
      this.pump();
    });
    return true;
  }

  private stopPacing(): void {
    this.cancelPace?.();
    this.cancelPace = undefined;
  }

  private dropInFlight(reason: string): void {
    const frames = [...this.inFlight.values()];
    this.inFlight.clear();
    for (const frame of frames) {
      frame.cancelTimeout();
      frame.resolve({ status: 'dropped', reason });
    }
  }
}
