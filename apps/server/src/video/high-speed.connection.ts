import { AppError } from '@jiga/contracts';
import type { VisionResult } from '@jiga/contracts';
import { parseBatch, parseEnvelope, splitBinary } from '@jiga/platform';
import type { Echo, ServerMessage } from '@jiga/platform';
import { pictureAdviceOf } from '@jiga/sessions';
import { readHighSpeedMessage } from '@jiga/video';
import type { BatchFrame, FrameOutcome } from '@jiga/video';

import { BatchRun } from './batch-run.js';
import { FrameConnection, type Envelope, type FrameOrigin } from './frame-connection.js';
import { highSpeedMetrics } from './high-speed-metrics.js';

const BATCH_TYPE = 'analyze_batch';
/** Most encoders write the type first; then a batch is known before it is parsed. */
const TYPE_WITHIN_BYTES = 128;

/** The protocol of `/high-speed/stream` on one socket. */
export class HighSpeedConnection extends FrameConnection {
  readonly socket = 'high-speed/stream';
  /** Of the batches under way the only one with frames that are not offered yet: a newer one takes the turn of those. */
  #batch: BatchRun<BatchFrame> | null = null;

  welcome(): void {
    const { id, configuration } = this.deps.session;
    this.send('high_speed_connected', {
      session_id: id,
      performance_targets: { ...configuration.high_speed_config, picture: pictureAdviceOf(configuration) },
    });
  }

  protected open(data: Buffer, isBinary: boolean): Envelope {
    if (isBinary) {
      const { fields, payload } = splitBinary(data);
      return { fields, pictures: payload };
    }
    return looksLikeBatch(data) ? openBatch(data) : openFrame(data);
  }

  protected handle(envelope: Envelope, origin: FrameOrigin): void {
    if (envelope.fields['type'] === 'analyze_frame' && this.isTooFast(envelope, origin)) return;
    const message = readHighSpeedMessage(envelope.fields, envelope.pictures);
    switch (message.type) {
      case 'analyze_frame':
        return this.analyse(message.picture, origin);
      case 'analyze_batch':
        return this.#runBatch(message.frames, origin);
      case 'get_metrics':
        return this.send('high_speed_metrics', {
          data: highSpeedMetrics(this.deps.session, this.deps.flow),
          ...origin.echo,
        });
      case 'ping':
        return this.send('pong', { ...origin.echo });
    }
  }

  protected resultMessage(result: VisionResult, latencyMs: number): ServerMessage {
    return { type: 'high_speed_analysis_result', data: result, processing_latency_ms: hundredths(latencyMs) };
  }

  protected override giveUp(outcome: FrameOutcome | null): void {
    this.#batch?.giveUp(outcome);
    this.#batch = null;
  }

  #runBatch(frames: readonly BatchFrame[], { echo: batchEcho, receivedAtMs }: FrameOrigin): void {
    this.giveUp({ kind: 'dropped', reason: 'superseded' });
    const { session, flow, clock } = this.deps;
    const arrival = flow.intake.nextArrival();
    const echoOf = ({ ids }: BatchFrame, index: number): Echo => ({ ...batchEcho, ...ids, batch_index: index });
    const batch = new BatchRun<BatchFrame>(frames, {
      // No more than may wait: then none of them takes the place of another.
      atOnce: Math.min(session.configuration.high_speed_config.batch_size, session.maxConcurrentAnalyses),
      offer: (frame, index, settled) => {
        this.#offer(frame, { echo: echoOf(frame, index), receivedAtMs, arrival }, settled);
      },
      skip: (frame, index, outcome) => this.#skip(frame, echoOf(frame, index), outcome),
      complete: (counts) => {
        if (this.#batch === batch) this.#batch = null;
        const processing_latency_ms = hundredths(clock.monotonicMs() - receivedAtMs);
        this.send('batch_complete', { ...counts, processing_latency_ms, ...batchEcho });
      },
    });
    this.#batch = batch;
    batch.start();
  }

  #offer({ picture }: BatchFrame, origin: FrameOrigin, settled: (outcome: FrameOutcome) => void): void {
    try {
      if (picture instanceof AppError) throw picture;
      if (!this.deps.flow.takeRate()) {
        this.refuse('over_rate', picture.bytes.length, picture.timestamp, origin.echo);
        settled({ kind: 'dropped', reason: 'over_rate' });
        return;
      }
      this.analyse(picture, origin, settled);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.deps.connection.sendError(error, origin.echo);
      settled({ kind: 'failed', error });
    }
  }

  #skip({ picture }: BatchFrame, echo: Echo, outcome: FrameOutcome | null): void {
    if (picture instanceof AppError) {
      if (outcome) this.deps.connection.sendError(picture, echo);
      return;
    }
    const { metrics } = this.deps.session;
    if (outcome?.kind === 'dropped') return this.refuse(outcome.reason, picture.bytes.length, picture.timestamp, echo);
    metrics.frameReceived(picture.bytes.length);
    if (outcome?.kind === 'failed') {
      metrics.frameFailed();
      this.deps.connection.sendError(outcome.error, echo);
    } else metrics.frameDropped('client_gone');
  }
}

const hundredths = (ms: number): number => Math.round(ms * 100) / 100;

const looksLikeBatch = (data: Buffer): boolean => data.subarray(0, TYPE_WITHIN_BYTES).includes(BATCH_TYPE);

function openBatch(data: Buffer): Envelope {
  const { fields, blobs } = parseBatch(data, 'frame_data');
  // The name of the type stood in the beginning by chance: as what else it is, it is read as everything is.
  return fields['type'] === BATCH_TYPE ? { fields, pictures: blobs } : openFrame(data);
}

function openFrame(data: Buffer): Envelope {
  try {
    const { fields, blob } = parseEnvelope(data, 'frame_data');
    // A batch whose pictures are small, with its type at the end.
    if (fields['type'] === BATCH_TYPE) return openBatch(data);
    return { fields, pictures: blob === null ? null : [blob] };
  } catch (error) {
    const isLarge = error instanceof AppError && error.code === 'message_too_large';
    if (!isLarge || !data.includes(BATCH_TYPE)) throw error;
    const { fields, blobs } = parseBatch(data, 'frame_data');
    if (fields['type'] !== BATCH_TYPE) throw error;
    return { fields, pictures: blobs };
  }
}
