import { AppError, SessionState, toAppError, unixSeconds } from '@jiga/contracts';
import type { Callout, Clock, Frame, VisionResult } from '@jiga/contracts';
import { CloseCode } from '@jiga/platform';
import type { Connection, ConnectionHandler, Echo, ServerMessage } from '@jiga/platform';
import { pictureAdviceOf } from '@jiga/sessions';
import type { LiveSession, SessionAttachment, SessionEnding } from '@jiga/sessions';
import { DROP_ADVICE, admitFrame, readIds } from '@jiga/video';
import type { DropReason, FrameLimits, FrameOutcome, Picture, SessionFlow } from '@jiga/video';

export interface FrameConnectionDeps {
  readonly connection: Connection;
  readonly session: LiveSession;
  readonly flow: SessionFlow;
  readonly frames: FrameLimits;
  readonly clock: Clock;
  /** Told once when the connection has ended. */
  readonly onClosed: (connection: FrameConnection) => void;
}

/** A message taken apart: its fields, and its pictures as characters or bytes. */
export interface Envelope {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly pictures: readonly string[] | Buffer | null;
}

/** Where a frame came from, for what answers it. */
export interface FrameOrigin {
  readonly echo: Echo;
  /** Of its message, on the monotonic clock. */
  readonly receivedAtMs: number;
  /** Of a batch; see FrameIntake. */
  readonly arrival?: number;
}

/**
 * What the video sockets have in common: frames go to the session's intake, which all its sockets share, and each gets
 * its answer; callouts and the credit are pushed. A subclass is one socket's protocol.
 */
export abstract class FrameConnection implements ConnectionHandler, SessionAttachment {
  readonly #closed: Promise<void>;
  #resolveClosed: () => void = () => {};

  constructor(protected readonly deps: FrameConnectionDeps) {
    this.#closed = new Promise((resolve) => (this.#resolveClosed = resolve));
  }

  get sessionId(): string {
    return this.deps.session.id;
  }

  /** The last part of its path: what events call it. */
  abstract readonly socket: string;

  /** Says the first message. */
  abstract welcome(): void;

  onMessage(data: Buffer, isBinary: boolean): void {
    const receivedAtMs = this.deps.clock.monotonicMs();
    const envelope = this.open(data, isBinary);
    const echo = readIds(envelope.fields);
    try {
      this.handle(envelope, { echo, receivedAtMs });
    } catch (error) {
      this.onInvalid(envelope);
      this.deps.connection.sendError(toAppError(error), echo);
    }
  }

  onRefused(data: Buffer, isBinary: boolean, error: AppError): void {
    this.deps.session.metrics.frameDropped(error.code);
    this.deps.connection.sendError(error, readIds(this.open(data, isBinary).fields));
  }

  onDrain(): void {
    this.#withdraw({ kind: 'dropped', reason: 'server_draining' });
  }

  onClosed(): void {
    this.#withdraw(null);
    this.deps.onClosed(this);
    this.#resolveClosed();
  }

  /** The session ends: every frame gets its answer, then the socket closes. */
  async end({ state, reason }: SessionEnding): Promise<void> {
    this.#withdraw({ kind: 'failed', error: new AppError('session_closed') });
    if (state === SessionState.ERROR)
      this.deps.connection.refuse(new AppError('session_closed', 'The session has failed'));
    else this.deps.connection.close(CloseCode.DONE, reason);
    await this.#closed;
  }

  /** Droppable: a client that does not read gets nothing from a late callout either. */
  pushCallout(callout: Callout): void {
    this.deps.connection.send({ type: 'callout', data: callout }, 'droppable');
  }

  /** Tells what may be under way from now on. */
  pushCredit(): void {
    const { flow, session } = this.deps;
    this.send('credit', { ...flow.credit, picture: pictureAdviceOf(session.configuration) });
  }

  protected abstract open(data: Buffer, isBinary: boolean): Envelope;

  /** One message. What it throws is answered as an `error`. */
  protected abstract handle(envelope: Envelope, origin: FrameOrigin): void;

  /** A result in the words of this socket. */
  protected abstract resultMessage(result: VisionResult, latencyMs: number): ServerMessage;

  /** A message was answered with an error. */
  protected onInvalid(_envelope: Envelope): void {}

  /** What the protocol holds back itself is to be answered so; null: nobody is there to be answered. */
  protected giveUp(_outcome: FrameOutcome | null): void {}

  /** Whether a frame comes so fast that it is refused, before anything is made of it; it is then answered. */
  protected isTooFast({ fields, pictures }: Envelope, { echo }: FrameOrigin): boolean {
    if (this.deps.flow.takeRate()) return false;
    const bytes = Buffer.isBuffer(pictures) ? pictures.length : Math.floor(((pictures?.[0]?.length ?? 0) * 3) / 4);
    const { timestamp } = fields;
    this.refuse('over_rate', bytes, typeof timestamp === 'number' ? timestamp : null, echo);
    return true;
  }

  /** Admits a picture and offers it; its answer is sent, then `settled` is called. Throws AppError for a bad picture. */
  protected analyse(picture: Picture, origin: FrameOrigin, settled?: (outcome: FrameOutcome) => void): void {
    const frame = this.admit(picture);
    const { flow } = this.deps;
    if (!flow.takesPixels(frame.width * frame.height)) {
      this.refuse('over_size', frame.bytes.length, frame.timestamp, origin.echo);
      settled?.({ kind: 'dropped', reason: 'over_size' });
      return;
    }
    const answer = (outcome: FrameOutcome): void => {
      this.answer(outcome, frame, origin);
      settled?.(outcome);
    };
    flow.intake.offer(frame, this, answer, origin.arrival);
  }

  protected admit(picture: Picture): Frame {
    const { session, frames, clock } = this.deps;
    try {
      const defaults = { timestamp: unixSeconds(clock), source: session.configuration.video_input_source };
      return admitFrame(picture, frames, defaults);
    } catch (error) {
      session.metrics.frameReceived(picture.bytes.length);
      session.metrics.frameFailed();
      throw error;
    }
  }

  protected answer(outcome: FrameOutcome, frame: Frame, { echo, receivedAtMs }: FrameOrigin): void {
    const { connection, session, flow, clock } = this.deps;
    if (outcome.kind === 'failed') return connection.sendError(outcome.error, echo);
    if (outcome.kind === 'dropped') return this.tellDropped(outcome.reason, frame.timestamp, echo);
    const latencyMs = clock.monotonicMs() - receivedAtMs;
    session.metrics.latency('answer', latencyMs);
    const isSent = connection.send({ ...this.resultMessage(outcome.result, latencyMs), ...echo }, 'droppable');
    if (!isSent && connection.isOpen) {
      session.metrics.frameDropped('slow_reader');
      this.tellDropped('slow_reader', frame.timestamp, echo);
    }
    // Last, since it may push another credit: that belongs behind the answer that led to it.
    flow.answered(latencyMs);
  }

  /** A frame that was not even offered. */
  protected refuse(reason: DropReason, bytes: number, timestamp: number | null, echo: Echo): void {
    const { metrics } = this.deps.session;
    metrics.frameReceived(bytes);
    metrics.frameDropped(reason);
    this.tellDropped(reason, timestamp, echo);
  }

  protected tellDropped(reason: DropReason, timestamp: number | null, echo: Echo): void {
    const advice = DROP_ADVICE[reason];
    this.send('frame_dropped', { reason, advice, ...(timestamp !== null && { frame_timestamp: timestamp }), ...echo });
  }

  protected send(type: string, body: Readonly<Record<string, unknown>>): void {
    this.deps.connection.send({ type, ...body });
  }

  /** First what waits here, so that no answer from the intake makes room for it. */
  #withdraw(outcome: FrameOutcome | null): void {
    this.giveUp(outcome);
    this.deps.flow.intake.withdraw(this, outcome);
  }
}
