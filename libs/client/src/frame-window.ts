import type { Clock } from '@jiga/contracts';
import { JigaError } from './jiga-error.js';
import type { FrameOutcome } from './types.js';

interface PendingFrame {
  readonly requestId: string;
  readonly message: Uint8Array | string;
  readonly resolve: (outcome: FrameOutcome) => void;
  readonly reject: (error: JigaError) => void;
  cancelTimeout: () => void;
}

/**
 * Frames between `sendFrame` and their answer. At most `maxInFlight` are on the way; one more waits, and a newer one takes
 * its place: a stale frame is worth less than the newest. So memory is bounded however slow the server is.
 */
export class FrameWindow {
  private readonly inFlight = new Map<string, PendingFrame>();
  private waiting: PendingFrame | undefined;
  private send: ((message: Uint8Array | string) => void) | undefined;

  constructor(
    private readonly maxInFlight: number,
    private readonly answerTimeoutMs: number,
    private readonly clock: Pick<Clock, 'after'>,
  ) {}

  submit(requestId: string, message: Uint8Array | string): Promise<FrameOutcome> {
    return new Promise((resolve, reject) => {
      this.waiting?.resolve({ status: 'dropped', reason: 'client_superseded' });
      this.waiting = { requestId, message, resolve, reject, cancelTimeout: () => undefined };
      this.pump();
    });
  }

  /** The connection can take messages from now on. */
  open(send: (message: Uint8Array | string) => void): void {
    this.send = send;
    this.pump();
  }

  /** The connection is gone: what was on the way will not be answered; the waiting frame keeps its place. */
  lost(): void {
    this.send = undefined;
    this.dropInFlight('client_connection_lost');
  }

  close(): void {
    this.send = undefined;
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
    if (!frame || !this.send || this.inFlight.size >= this.maxInFlight) return;
    this.waiting = undefined;
    this.inFlight.set(frame.requestId, frame);
    frame.cancelTimeout = this.clock.after(this.answerTimeoutMs, () => {
      const waited = `No answer within ${this.answerTimeoutMs} ms`;
      this.answer(frame.requestId, new JigaError('client_answer_timeout', waited, { retryable: true }));
    });
    this.send(frame.message);
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
