import type { VisionResult } from '@jiga/contracts';
import { FrameConnection, type VideoOptions } from './frame-connection.js';
import { analyzeBatchMessage } from './frame-message.js';
import { JigaError } from './jiga-error.js';
import type { Incoming, SocketDependencies } from './reconnecting-socket.js';
import type { BatchFrame, BatchOutcome, FrameOutcome, HighSpeedMetrics, HighSpeedWelcome } from './types.js';

/** Frames that one batch may have. */
export const BATCH_MAX = 10;
/** Before the server has granted any credit. */
const FIRST_IN_FLIGHT = 10;

type Part = FrameOutcome | JigaError;

/** A question to the server that is not about one frame. */
interface Asked {
  readonly take: (message: Incoming, error: JigaError | undefined) => void;
  readonly lost: (reason: string) => void;
  readonly cancelTimeout: () => void;
}

/**
 * The socket `/high-speed/stream`: as many frames on the way as the server grants, no faster than it grants; batches and
 * live figures besides.
 */
export class HighSpeedConnection extends FrameConnection<HighSpeedWelcome> {
  protected readonly resultType = 'high_speed_analysis_result';
  protected readonly isPaced = true;
  /** By request id; those of a batch stand for each of its frames as well. */
  private readonly asked = new Map<string, Asked>();
  private questions = 0;

  constructor(dependencies: SocketDependencies, options: VideoOptions = {}) {
    super(dependencies, options, FIRST_IN_FLIGHT, 'high_speed_connected');
  }

  /**
   * Sends up to ten frames together. Resolves when each has its answer, in the order in which they were given: a frame that
   * the server refuses is a JigaError in its place. Without a connection all of them are dropped: they would be stale later.
   */
  sendBatch(frames: readonly BatchFrame[]): Promise<BatchOutcome> {
    if (this.state === 'closed') return Promise.reject(this.closedError);
    if (frames.length === 0 || frames.length > BATCH_MAX) {
      return Promise.reject(new JigaError('client_batch_size', `A batch has 1 to ${BATCH_MAX} frames`));
    }
    const requestId = `b${++this.questions}`;
    const ids = frames.map((_, index) => `${requestId}.${index}`);
    const outgoing = frames.map((frame, index) => ({
      ...frame,
      requestId: ids[index] ?? requestId,
      timestamp: frame.timestamp ?? this.clock.nowMs() / 1000,
    }));
    const parts = new Map<string, Part>();
    return new Promise((resolve) => {
      const settle = (latencyMs: number | null, rest: Part): void => {
        this.forget([requestId, ...ids]);
        resolve({ outcomes: ids.map((id) => parts.get(id) ?? rest), processingLatencyMs: latencyMs });
      };
      const take: Asked['take'] = (message, error) => {
        const id = String(message['request_id']);
        if (message['type'] === 'batch_complete')
          settle(Number(message['processing_latency_ms']), dropped('client_no_answer'));
        else if (id === requestId && error) settle(null, error);
        else parts.set(id, error ?? this.partOf(message));
      };
      this.ask([requestId, ...ids], take, (reason) => settle(null, dropped(reason)));
      if (!this.transmit(analyzeBatchMessage(requestId, outgoing))) settle(null, dropped('client_connection_lost'));
    });
  }

  /** The session's live figures. Rejects without a connection. */
  metrics(): Promise<HighSpeedMetrics> {
    const requestId = `m${++this.questions}`;
    return new Promise((resolve, reject) => {
      const take: Asked['take'] = (message, error) => {
        this.forget([requestId]);
        if (error) reject(error);
        else resolve(message['data'] as HighSpeedMetrics);
      };
      const lost = (reason: string): void => {
        this.forget([requestId]);
        reject(new JigaError(reason, 'There is no answer', { retryable: reason !== 'client_closed' }));
      };
      this.ask([requestId], take, lost);
      if (!this.transmit(JSON.stringify({ type: 'get_metrics', request_id: requestId })))
        lost('client_connection_lost');
    });
  }

  protected outcomeOf(message: Incoming): FrameOutcome & { readonly status: 'result' } {
    const processingLatencyMs = Number(message['processing_latency_ms']);
    return { status: 'result', result: message['data'] as VisionResult, processingLatencyMs };
  }

  protected override receiveMore(message: Incoming, error: JigaError | undefined): boolean {
    const asked = this.asked.get(String(message['request_id']));
    asked?.take(message, error);
    return asked !== undefined;
  }

  protected override lost(reason: string): void {
    for (const asked of new Set(this.asked.values())) asked.lost(reason);
  }

  private partOf(message: Incoming): FrameOutcome {
    if (message['type'] === 'frame_dropped') return dropped(String(message['reason']));
    return this.outcomeOf(message);
  }

  private ask(ids: readonly string[], take: Asked['take'], lost: Asked['lost']): void {
    const cancelTimeout = this.clock.after(this.answerTimeoutMs, () => lost('client_answer_timeout'));
    const asked = { take, lost, cancelTimeout };
    for (const id of ids) this.asked.set(id, asked);
  }

  private forget(ids: readonly string[]): void {
    for (const id of ids) {
      this.asked.get(id)?.cancelTimeout();
      this.asked.delete(id);
    }
  }
}

const dropped = (reason: string): FrameOutcome => ({ status: 'dropped', reason });
