import { AppError } from '@jiga/contracts';
import type { Frame, VisionResult } from '@jiga/contracts';
import { parseEnvelope, splitBinary } from '@jiga/platform';
import type { Echo, ServerMessage } from '@jiga/platform';
import { readVideoMessage } from '@jiga/video';
import type { DropReason, Picture, VideoMessage } from '@jiga/video';

import { FrameConnection, type Envelope, type FrameOrigin } from './frame-connection.js';
import { FrameStream } from './frame-stream.js';

/** The protocol of `/streamDirectVideo` on one socket. */
export class VideoConnection extends FrameConnection {
  readonly socket = 'streamDirectVideo';
  #stream: FrameStream | null = null;

  welcome(): void {
    const { id, isHighSpeed } = this.deps.session;
    this.send('direct_video_stream_connected', {
      session_id: id,
      processing_mode: this.#mode,
      high_speed_enabled: isHighSpeed,
    });
  }

  protected open(data: Buffer, isBinary: boolean): Envelope {
    if (isBinary) {
      const { fields, payload } = splitBinary(data);
      return { fields, pictures: payload };
    }
    const { fields, blob } = parseEnvelope(data, 'frame_data');
    return { fields, pictures: blob === null ? null : [blob] };
  }

  protected handle(envelope: Envelope, origin: FrameOrigin): void {
    const { fields, pictures } = envelope;
    if (fields['type'] === 'analyze_frame' && this.isTooFast(envelope, origin)) return;
    const picture = Buffer.isBuffer(pictures) ? pictures : (pictures?.[0] ?? null);
    this.#take(readVideoMessage(fields, picture), origin);
  }

  protected override onInvalid({ fields }: Envelope): void {
    const stream = this.#stream;
    // A frame behind `stop_streaming` is no longer the stream's.
    if (fields['type'] === 'frame' && stream && !stream.isStopping) stream.countInvalid();
  }

  protected resultMessage(result: VisionResult): ServerMessage {
    return { type: 'direct_video_analysis_result', data: result, processing_mode: this.#mode };
  }

  get #mode(): string {
    return this.deps.session.configuration.processing_mode;
  }

  #take(message: VideoMessage, origin: FrameOrigin): void {
    switch (message.type) {
      case 'analyze_frame':
        return this.analyse(message.picture, origin);
      case 'frame':
        return this.#sample(message.picture, origin);
      case 'start_streaming':
        return this.#startStreaming(message.intervalSeconds, origin.echo);
      case 'stop_streaming':
        return this.#stopStreaming(origin.echo);
      case 'ping':
        return this.send('pong', { processing_mode: this.#mode, ...origin.echo });
    }
  }

  #sample(picture: Picture, origin: FrameOrigin): void {
    const stream = this.#stream;
    if (!stream || stream.isStopping) throw new AppError('not_streaming');
    const { session, flow, clock } = this.deps;
    flow.received.note();
    const frame = this.admit(picture);
    if (!stream.take(clock.monotonicMs())) {
      session.metrics.frameReceived(frame.bytes.length);
      session.metrics.frameDropped('not_sampled');
      return;
    }
    const refusal = this.#refusalOf(frame);
    if (refusal) {
      this.refuse(refusal, frame.bytes.length, frame.timestamp, origin.echo);
      return stream.settle({ kind: 'dropped', reason: refusal });
    }
    flow.intake.offer(frame, this, (outcome) => {
      // A stream's frames are not answered one by one: what was superseded is in the counts at its end.
      if (outcome.kind !== 'dropped') this.answer(outcome, frame, origin);
      stream.settle(outcome);
    });
  }

  /** Why a sampled frame, which was counted when it came, is beyond the credit; null: it is not. */
  #refusalOf({ width, height }: Frame): DropReason | null {
    const { flow } = this.deps;
    if (!flow.isWithinRate()) return 'over_rate';
    return flow.takesPixels(width * height) ? null : 'over_size';
  }

  #startStreaming(intervalSeconds: number | null, echo: Echo): void {
    if (this.#stream) throw new AppError('already_streaming');
    const intervalMs = intervalSeconds === null ? this.deps.session.analysisIntervalMs : intervalSeconds * 1000;
    this.#stream = new FrameStream(intervalMs, this.deps.clock.monotonicMs());
    this.send('streaming_started', { interval: intervalMs / 1000, processing_mode: this.#mode, ...echo });
  }

  #stopStreaming(echo: Echo): void {
    const stream = this.#stream;
    if (!stream || stream.isStopping) throw new AppError('not_streaming');
    stream.stop(
      () => this.deps.clock.monotonicMs(),
      (counts) => {
        this.#stream = null;
        this.send('streaming_stopped', { ...counts, processing_mode: this.#mode, ...echo });
      },
    );
  }
}
