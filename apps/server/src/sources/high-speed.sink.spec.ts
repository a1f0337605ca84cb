import { beforeEach, describe, expect, it } from '@jest/globals';

import { splitBinary } from '@jiga/platform';
import type { StreamFrame } from '@jiga/streams';

import { HighSpeedSink } from './high-speed.sink.js';

const frame = (sequence: number): StreamFrame => ({
  jpeg: Uint8Array.of(sequence, 2, 3),
  width: 480,
  height: 270,
  capturedAt: 1_767_225_600 + sequence,
  sequence,
});

describe('HighSpeedSink', () => {
  let sent: Buffer[];
  let connection: { isConnected: boolean; bufferedBytes: number; send(message: string | Buffer): boolean };
  let lost: number;
  let ending: AbortController;
  let sink: HighSpeedSink;

  beforeEach(() => {
    sent = [];
    lost = 0;
    ending = new AbortController();
    connection = { isConnected: true, bufferedBytes: 0, send: (message) => sent.push(message as Buffer) > 0 };
    const onLost = (frames: number): void => void (lost += frames);
    sink = new HighSpeedSink({ connection, source: 'twitch', channel: 'c', onLost, signal: ending.signal });
  });

  const offer = (...sequences: number[]) => {
    const state = { isDone: false };
    const done = sink.onFrames(sequences.map(frame)).then(() => (state.isDone = true));
    return { state, done };
  };
  const turn = (): Promise<void> => new Promise(setImmediate);
  const answer = (id: string): void => sink.onMessage({ type: 'high_speed_analysis_result', request_id: id });

  it('sends each frame as a binary message with the time of its capture', async () => {
    await offer(1).done;
    const { fields, payload } = splitBinary(sent[0] ?? Buffer.alloc(0));
    expect(fields).toEqual({
      type: 'analyze_frame',
      request_id: 's1',
      timestamp: 1_767_225_601,
      source: 'twitch',
      channel: 'c',
    });
    expect([...payload]).toEqual([1, 2, 3]);
  });

  it('sends the next frame when the one before is answered, in whatever way', async () => {
    const { state, done } = offer(1, 2, 3, 4);
    await turn();
    expect([sent.length, state.isDone]).toEqual([1, false]);
    sink.onMessage({ type: 'callout' });
    await turn();
    expect(sent).toHaveLength(1);
    answer('s1');
    await turn();
    expect(sent).toHaveLength(2);
    sink.onMessage({ type: 'frame_dropped', request_id: 's2', reason: 'superseded' });
    await turn();
    sink.onMessage({ type: 'error', request_id: 's3', code: 'invalid_image' });
    await done;
    expect(sent).toHaveLength(4);
  });

  it('is done when its last frame is answered, lost with the socket, or not wanted any more', async () => {
    await sink.whenDone();
    const ends: (() => void)[] = [() => answer('s1'), () => sink.onChange(false), () => ending.abort()];
    for (const [i, end] of ends.entries()) {
      await offer(i + 1).done;
      const state = { isDone: false };
      const done = sink.whenDone().then(() => (state.isDone = true));
      await turn();
      expect(state.isDone).toBe(false);
      end();
      await done;
    }
  });

  it('holds the stream back while the socket is not there, and counts what was lost with it', async () => {
    await offer(1).done;
    connection.isConnected = false;
    sink.onChange(false);
    expect(lost).toBe(1);
    const { state, done } = offer(2);
    await turn();
    expect([sent.length, state.isDone]).toEqual([1, false]);
    connection.isConnected = true;
    sink.onChange(true);
    await done;
    expect(sent).toHaveLength(2);
  });

  it('holds it back while the socket does not get rid of what was sent', async () => {
    connection.bufferedBytes = 2_000_000;
    const { state, done } = offer(1);
    await turn();
    expect(state.isDone).toBe(false);
    connection.bufferedBytes = 0;
    answer('none');
    await done;
  });

  it('lets go of everything when the session ends', async () => {
    connection.isConnected = false;
    const { done } = offer(1, 2, 3);
    await turn();
    ending.abort();
    await done;
    expect(sent).toHaveLength(0);
  });
});
