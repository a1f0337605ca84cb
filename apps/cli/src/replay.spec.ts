import { describe, expect, it } from '@jest/globals';
import type { VisionResult } from '@jiga/contracts';
import { JigaError, type FrameOptions, type FrameOutcome } from '@jiga/client';
import type { ClipFrame } from '@jiga/media';
import { latencies, replay } from './replay.js';

async function* clip(count: number): AsyncGenerator<ClipFrame, void, undefined> {
  for (let k = 0; k < count; k++) {
    yield await Promise.resolve({ sourceFrame: k * 6, timeSeconds: k / 5, jpeg: Buffer.from([k]) });
  }
}

/** Answers like a server that tells what the test says for each picture, and notes how many were under way at once. */
class Connection {
  readonly sent: { picture: number; timestamp: number | undefined }[] = [];
  underWay = 0;
  most = 0;

  constructor(private readonly answer: (picture: number) => FrameOutcome | JigaError) {}

  async sendFrame(picture: Uint8Array | string, { timestamp }: FrameOptions = {}): Promise<FrameOutcome> {
    const number = Number(picture[0]);
    this.sent.push({ picture: number, timestamp });
    this.most = Math.max(this.most, ++this.underWay);
    await new Promise((resolve) => setImmediate(resolve));
    this.underWay--;
    const outcome = this.answer(number);
    if (outcome instanceof JigaError) throw outcome;
    return outcome;
  }
}

const result: FrameOutcome = { status: 'result', result: {} as VisionResult };

describe('replay', () => {
  it('stamps each frame with its place in the clip and records every outcome', async () => {
    const outcomes = [
      result,
      { status: 'dropped', reason: 'superseded' },
      new JigaError('invalid_image', 'No picture'),
    ] as const;
    const connection = new Connection((picture) => outcomes[picture] ?? result);
    const seen: number[] = [];
    const options = {
      startUnixSeconds: 1000,
      speed: 1000,
      onRecord: (record: { sourceFrame: number }) => seen.push(record.sourceFrame),
    };
    const records = await replay(connection, clip(4), options);
    expect(connection.sent).toEqual([0, 1, 2, 3].map((k) => ({ picture: k, timestamp: 1000 + k / 5 })));
    expect(records.map(({ sourceFrame, outcome }) => [sourceFrame, outcome])).toEqual([
      [0, result],
      [6, { status: 'dropped', reason: 'superseded' }],
      [12, { status: 'error', code: 'invalid_image', message: 'No picture' }],
      [18, result],
    ]);
    expect(seen.sort((a, b) => a - b)).toEqual([0, 6, 12, 18]);
    expect(latencies(records)).toHaveLength(2);
  });

  it('sends one frame at a time without a pace', async () => {
    const connection = new Connection(() => result);
    await replay(connection, clip(5), { startUnixSeconds: 0, speed: null });
    expect([connection.sent.length, connection.most]).toEqual([5, 1]);
  });

  it('keeps the pace: a frame is not sent before its time', async () => {
    const connection = new Connection(() => result);
    const startedAt = performance.now();
    await replay(connection, clip(3), { startUnixSeconds: 0, speed: 8 });
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(48); // the last frame is due after 0.4 s / 8
  });

  it('stops when aborted, also while it waits', async () => {
    const connection = new Connection(() => result);
    const stop = new AbortController();
    const options = { startUnixSeconds: 0, speed: 0.001, signal: stop.signal, onRecord: () => stop.abort() };
    await expect(replay(connection, clip(3), options)).rejects.toThrow();
    expect(connection.sent).toHaveLength(1);
  });
});
