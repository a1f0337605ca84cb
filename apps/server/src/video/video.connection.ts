import { AppError, SessionState, toAppError, unixSeconds } from '@jiga/contracts';
import type { Callout, Clock, Frame } from '@jiga/contracts';
import { CloseCode, parseEnvelope, splitBinary } from '@jiga/platform';
import type { Connection, ConnectionHandler } from '@jiga/platform';
import type { LiveSession, SessionAttachment, SessionEnding } from '@jiga/sessions';
import { DROP_ADVICE, admitFrame, readIds, readVideoMessage } from '@jiga/video';
import type { FrameIntake, FrameLimits, FrameOutcome, MessageIds, Picture, VideoMessage } from '@jiga/video';

import { FrameStream } from './frame-stream.js';

export interface VideoConnectionDeps {
  readonly connection: Connection;
  readonly session: LiveSession;
  readonly intake: FrameIntake;
  readonly frames: FrameLimits;
  readonly clock: Clock;
  /** Told once when the connection has ended. */
  readonly onClosed: (connection: VideoConnection) => void;
}

/** A message taken apart: its fields, and its picture as characters or bytes. */
interface Envelope {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly picture: string | Buffer | null;
}

/** The protocol of `/streamDirectVideo` on one socket. Frames go to the session's intake, which all its sockets share. */
export class VideoConnection implements ConnectionHandler, SessionAttachment {
  readonly #closed: Promise<void>;
  #resolveClosed: () => void = () => {};
  #stream: FrameStream | null = null;

  constructor(private readonly deps: VideoConnectionDeps) {
    this.#closed = new Promise((resolve) => (this.#resolveClosed = resolve));
  }

  get sessionId(): string {
    return this.deps.session.id;
  }

  welcome(): void {
    const { id, isHighSpeed } = this.deps.session;
    this.#send('direct_video_stream_connected', {
      session_id: id,
      processing_mode: this.#mode,
      high_speed_enabled: isHighSpeed,
    });
  }

  onMessage(data: Buffer, isBinary: boolean): void {
    const { fields, picture } = open(data, isBinary);
    const ids = readIds(fields);
    try {
      this.#handle(readVideoMessage(fields, picture), ids);
    } catch (error) {
      if (fields['type'] === 'frame') this.#stream?.countInvalid();
      this.deps.connection.sendError(toAppError(error), ids);
    }
  }

  onRefused(data: Buffer, isBinary: boolean, error: AppError): void {
    this.deps.session.metrics.frameDropped(error.code);
    this.deps.connection.sendError(error, readIds(open(data, isBinary).fields));
  }

  onDrain(): void {
    this.deps.intake.withdraw(this, { kind: 'dropped', reason: 'server_draining' });
  }

  onClosed(): void {
    this.deps.intake.withdraw(this, null);
    this.deps.onClosed(this);
    this.#resolveClosed();
  }

  /** The session ends: every frame gets its answer, then the socket closes. */
  async end({ state, reason }: SessionEnding): Promise<void> {
    const error = new AppError('session_closed');
    this.deps.intake.withdraw(this, { kind: 'failed', error });
    if (state === SessionState.ERROR)
      this.deps.connection.refuse(new AppError('session_closed', 'The session has failed'));
    else this.deps.connection.close(CloseCode.DONE, reason);
    await this.#closed;
  }

  /** Droppable: a client that does not read gets nothing from a late callout either. */
  pushCallout(callout: Callout): void {
    this.deps.connection.send({ type: 'callout', data: callout }, 'droppable');
  }

  get #mode(): string {
    return this.deps.session.configuration.processing_mode;
  }

  #handle(message: VideoMessage, ids: MessageIds): void {
    switch (message.type) {
      case 'analyze_frame':
        return this.#analyse(message.picture, ids);
      case 'frame':
        return this.#sample(message.picture, ids);
      case 'start_streaming':
        return this.#startStreaming(message.intervalSeconds, ids);
      case 'stop_streaming':
        return this.#stopStreaming(ids);
      case 'ping':
        return this.#send('pong', { processing_mode: this.#mode, ...ids });
    }
  }

  #analyse(picture: Picture, ids: MessageIds): void {
    const frame = this.#admit(picture);
    this.deps.intake.offer(frame, this, (outcome) => this.#answer(outcome, frame, ids));
  }

  #sample(picture: Picture, ids: MessageIds): void {
    const stream = this.#stream;
    if (!stream || stream.isStopping) throw new AppError('not_streaming');
    const frame = this.#admit(picture);
    if (!stream.take(this.deps.clock.monotonicMs())) {
      this.deps.session.metrics.frameReceived(frame.bytes.length);
      this.deps.session.metrics.frameDropped('not_sampled');
      return;
    }
    this.deps.intake.offer(frame, this, (outcome) => {
      // A stream's frames are not answered one by one: what was superseded is in the counts at its end.
      if (outcome.kind !== 'dropped') this.#answer(outcome, frame, ids);
      stream.settle(outcome);
    });
  }

  #startStreaming(intervalSeconds: number | null, ids: MessageIds): void {
    if (this.#stream) throw new AppError('already_streaming');
    const intervalMs = intervalSeconds === null ? this.deps.session.analysisIntervalMs : intervalSeconds * 1000;
    this.#stream = new FrameStream(intervalMs, this.deps.clock.monotonicMs());
    this.#send('streaming_started', { interval: intervalMs / 1000, processing_mode: this.#mode, ...ids });
  }

  #stopStreaming(ids: MessageIds): void {
    const stream = this.#stream;
    if (!stream || stream.isStopping) throw new AppError('not_streaming');
    stream.stop(
      () => this.deps.clock.monotonicMs(),
      (counts) => {
        this.#stream = null;
        this.#send('streaming_stopped', { ...counts, processing_mode: this.#mode, ...ids });
      },
    );
  }

  #admit(picture: Picture): Frame {
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

  #answer(outcome: FrameOutcome, frame: Frame, ids: MessageIds): void {
    const { connection, session } = this.deps;
    if (outcome.kind === 'failed') return connection.sendError(outcome.error, ids);
    if (outcome.kind === 'result') {
      const result = {
        type: 'direct_video_analysis_result',
        data: outcome.result,
        processing_mode: this.#mode,
        ...ids,
      };
      if (connection.send(result, 'droppable') || !connection.isOpen) return;
      session.metrics.frameDropped('slow_reader');
    }
    const reason = outcome.kind === 'dropped' ? outcome.reason : 'slow_reader';
    this.#send('frame_dropped', { reason, advice: DROP_ADVICE[reason], frame_timestamp: frame.timestamp, ...ids });
  }

  #send(type: string, body: Readonly<Record<string, unknown>>): void {
    this.deps.connection.send({ type, ...body });
  }
}

function open(data: Buffer, isBinary: boolean): Envelope {
  if (isBinary) {
    const { fields, payload } = splitBinary(data);
    return { fields, picture: payload };
  }
  const { fields, blob } = parseEnvelope(data, 'frame_data');
  return { fields, picture: blob };
}
