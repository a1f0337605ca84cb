import { beforeEach, describe, expect, it } from '@jest/globals';

import { AppError } from '@jiga/contracts';
import type { SourceHealth } from '@jiga/contracts';
import type { LiveSession, SessionAttachment, SourceControl } from '@jiga/sessions';
import { VirtualClock } from '@jiga/testing';

import { StreamError, type StreamErrorCode } from '../stream-error.js';
import type {
  StreamHandlers,
  StreamHealth,
  StreamIngest,
  StreamState,
  StreamStateChange,
  StreamVariant,
} from '../stream-ingest.port.js';
import { SessionStream } from './session-stream.js';

const VARIANT: StreamVariant = {
  name: '360p',
  width: 640,
  height: 360,
  fps: 30,
  bitsPerSecond: 630_000,
  isSource: false,
  requested: 'best',
  choice: 'fitting',
};
const PUBLIC_VARIANT = { name: '360p', width: 640, height: 360, fps: 30, bandwidth: 630_000 };

class FakeIngest implements StreamIngest {
  handlers: StreamHandlers = { onFrames: () => {} };
  started = 0;
  closed = 0;
  state: StreamState = 'connecting';

  constructor(private readonly clock: VirtualClock) {}

  start(): void {
    this.started++;
  }

  close(): Promise<void> {
    this.closed++;
    return Promise.resolve();
  }

  health(): StreamHealth {
    return {
      state: this.state,
      since: 0,
      isLive: this.state === 'live',
      latencyS: 4.5,
      clock: 'broadcaster',
      framesPerSecond: 5,
      frames: 120,
      framesDropped: 2,
      lastFrameAt: this.clock.nowMs() / 1000 - 6,
      bytes: 5_000,
      segments: { decoded: 10, skipped: 1, damaged: 0 },
      stalls: 1,
      reconnects: 3,
      restarts: 0,
      adBreaks: 1,
      adSeconds: 30,
      variant: VARIANT,
      attempts: 2,
      lastError: { code: 'stalled', message: 'The stream has stopped moving', at: 7 },
    };
  }

  go(state: StreamState, code?: StreamErrorCode, attempts = 1): void {
    const previous = this.state;
    this.state = state;
    const error = code ? new StreamError(code) : null;
    const change: StreamStateChange = {
      state,
      previous,
      at: this.clock.nowMs() / 1000,
      error,
      attempts,
      retryAt: null,
    };
    this.handlers.onState?.(change);
  }
}

describe('SessionStream', () => {
  let clock: VirtualClock;
  let ingest: FakeIngest;
  let told: unknown[];
  let attached: SessionAttachment[];
  let isClosed: boolean;
  let metrics: { sourceHealth: (() => SourceHealth) | null };
  let stream: SessionStream;

  beforeEach(() => {
    clock = new VirtualClock();
    ingest = new FakeIngest(clock);
    told = [];
    attached = [];
    isClosed = false;
    metrics = { sourceHealth: null };
    const session = {
      configuration: { video_input_source: 'twitch' },
      metrics,
      attach: (attachment: SessionAttachment) => {
        if (isClosed) throw new AppError('session_closed');
        attached.push(attachment);
      },
    } as unknown as LiveSession;
    const control: SourceControl = {
      session,
      moveTo: (state, reason) => void told.push([state, reason]),
      tell: (type, data) => void told.push([type, data]),
      fail: (failure) => void told.push(['fail', failure]),
      finish: (reason) => void told.push(['finish', reason]),
    };
    stream = new SessionStream({
      control,
      clock,
      sink: { onFrames: () => {} },
      open: (handlers) => {
        ingest.handlers = handlers;
        return ingest;
      },
    });
  });

  it('starts the stream and ends it with the session', async () => {
    stream.start();
    expect([ingest.started, attached.length]).toEqual([1, 1]);
    await attached[0]?.end({ state: 'closed', reason: 'closed_by_client' });
    expect(ingest.closed).toBe(1);
  });

  it('waits for its turn, and gives it up when the session ends before', async () => {
    const turns: (() => void)[] = [];
    let left = 0;
    stream.start((start) => {
      turns.push(start);
      return () => void left++;
    });
    expect([ingest.started, metrics.sourceHealth?.().state]).toEqual([0, 'connecting']);
    await attached[0]?.end({ state: 'closed', reason: 'closed_by_client' });
    expect([left, ingest.closed]).toEqual([1, 1]);
  });

  it('starts nothing on a session that has begun to end', () => {
    isClosed = true;
    expect(() => stream.start()).toThrow(AppError);
    expect(ingest.started).toBe(0);
  });

  it('makes the session active with its first picture', () => {
    ingest.go('live', undefined, 1);
    expect(told).toEqual([
      ['active', 'source_connected'],
      ['connected', { source: 'twitch', attempts: 2, variant: PUBLIC_VARIANT }],
    ]);
  });

  it('is connected also when advertisements come first, and resumes after them', () => {
    ingest.handlers.onNotice?.({ type: 'ad_break_started', roll: 'PREROLL', durationS: 15 });
    ingest.go('ad_break');
    ingest.go('stalled', 'stalled');
    ingest.go('ad_break');
    clock.advance(15_250);
    ingest.go('live');
    expect(told).toEqual([
      ['active', 'source_connected'],
      ['connected', expect.anything()],
      ['ad_break', { duration: 15 }],
      ['stalled', expect.anything()],
      ['active', 'source_resumed'],
      ['active', 'source_resumed'],
      ['resumed', { after: 'ad_break', gap: 15.25 }],
    ]);
  });

  it('tells a stall, the new connection that it leads to, and the whole gap', () => {
    ingest.go('live');
    told.length = 0;
    ingest.go('stalled', 'stalled');
    clock.advance(4_000);
    ingest.go('reconnecting', 'stalled');
    clock.advance(2_000);
    ingest.go('live');
    expect(told).toEqual([
      ['stalled', { seconds: 6 }],
      ['reconnecting', 'source_stalled'],
      ['reconnecting', { cause: 'stalled', message: 'The stream has stopped moving' }],
      ['active', 'source_resumed'],
      ['resumed', { after: 'reconnect', gap: 12 }],
    ]);
  });

  it('tells of another rendition, not of the first nor of the same again', () => {
    ingest.handlers.onNotice?.({ type: 'variant_chosen', variant: VARIANT });
    ingest.handlers.onNotice?.({ type: 'variant_chosen', variant: { ...VARIANT } });
    expect(told).toEqual([]);
    ingest.handlers.onNotice?.({ type: 'variant_chosen', variant: { ...VARIANT, name: '480p', height: 480 } });
    expect(told).toEqual([
      ['variant_changed', { from: PUBLIC_VARIANT, to: { ...PUBLIC_VARIANT, name: '480p', height: 480 } }],
    ]);
  });

  it.each([
    ['after all attempts', 3, 'Failed after 3 attempts: The channel is not live'],
    ['at once', 1, 'The channel is not live'],
  ])('fails the session %s', (_name, attempts, message) => {
    ingest.go('failed', 'offline', attempts);
    expect(told).toEqual([['fail', { cause: 'offline', message, attempts }]]);
  });

  it('ends the session when what was recorded is over', () => {
    ingest.go('live');
    told.length = 0;
    ingest.go('ended');
    expect(told).toEqual([
      ['ended', { cause: 'end_of_stream' }],
      ['finish', 'source_ended'],
    ]);
  });

  it('shows its figures as those of the source', () => {
    stream.start();
    ingest.state = 'live';
    expect(metrics.sourceHealth?.()).toEqual({
      source: 'twitch',
      state: 'live',
      live: true,
      attempts: 2,
      latency_seconds: 4.5,
      frames: 120,
      frames_per_second: 5,
      bytes: 5_000,
      dropped: { frames: 2, segments: 1 },
      stalls: 1,
      ad_breaks: 1,
      reconnects: 3,
      variant: PUBLIC_VARIANT,
      last_error: { cause: 'stalled', message: 'The stream has stopped moving', at: 7 },
    });
  });
});
