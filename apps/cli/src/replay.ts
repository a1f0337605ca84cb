import { setTimeout as wait } from 'node:timers/promises';
import { JigaError, type FrameOutcome, type VideoConnection } from '@jiga/client';
import type { ClipFrame } from '@jiga/media';

/** One frame's way through the server. Times are Unix milliseconds. */
export interface FrameRecord {
  readonly sourceFrame: number;
  /** From the start of the clip, seconds. */
  readonly timeSeconds: number;
  readonly sentAtMs: number;
  readonly answeredAtMs: number;
  readonly outcome: FrameOutcome | { readonly status: 'error'; readonly code: string; readonly message: string };
}

export interface ReplayOptions {
  /** Capture time of the clip's first frame, Unix seconds: what makes the server's event times comparable with the clip. */
  readonly startUnixSeconds: number;
  /** 1 = the clip's own pace; null = each frame as soon as the one before is answered. */
  readonly speed: number | null;
  readonly signal?: AbortSignal;
  readonly onRecord?: (record: FrameRecord) => void;
}

/** Plays frames through the video socket and returns what became of each, in the order of their numbers. */
export async function replay(
  connection: Pick<VideoConnection, 'sendFrame'>,
  frames: AsyncIterable<ClipFrame>,
  options: ReplayOptions,
): Promise<FrameRecord[]> {
  const { speed, signal, startUnixSeconds } = options;
  const records: Promise<FrameRecord>[] = [];
  const startedAtMs = performance.now();
  for await (const frame of frames) {
    const dueInMs = speed === null ? 0 : (frame.timeSeconds * 1000) / speed - (performance.now() - startedAtMs);
    if (dueInMs > 0) await wait(dueInMs, undefined, signal ? { signal } : {});
    signal?.throwIfAborted();
    const record = send(connection, frame, startUnixSeconds).then((sent) => {
      options.onRecord?.(sent);
      return sent;
    });
    records.push(record);
    if (speed === null) await record;
  }
  return Promise.all(records);
}

async function send(
  connection: Pick<VideoConnection, 'sendFrame'>,
  { sourceFrame, timeSeconds, jpeg }: ClipFrame,
  startUnixSeconds: number,
): Promise<FrameRecord> {
  const sentAtMs = Date.now();
  const started = performance.now();
  const outcome = await connection
    .sendFrame(jpeg, { timestamp: startUnixSeconds + timeSeconds, source: 'direct_screen' })
    .catch((error: unknown) => {
      const { code, message } = error instanceof JigaError ? error : new JigaError('client_failed', String(error));
      return { status: 'error' as const, code, message };
    });
  return { sourceFrame, timeSeconds, sentAtMs, answeredAtMs: sentAtMs + (performance.now() - started), outcome };
}

/** Milliseconds from sending to result, of the frames that got one. */
export function latencies(records: readonly FrameRecord[]): number[] {
  return records
    .filter((record) => record.outcome.status === 'result')
    .map((record) => record.answeredAtMs - record.sentAtMs);
}
