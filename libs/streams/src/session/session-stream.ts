import { SessionState, unixSeconds } from '@jiga/contracts';
import type { CancelTimer, Clock, SourceHealth, SourceState, SourceVariant } from '@jiga/contracts';
import type { SourceControl } from '@jiga/sessions';

import type { StreamError } from '../stream-error.js';
import type {
  StreamHandlers,
  StreamIngest,
  StreamNotice,
  StreamState,
  StreamStateChange,
  StreamVariant,
} from '../stream-ingest.port.js';

/** Where the frames and the sound of a stream go; see {@link StreamHandlers} for what a promise holds back. */
export type StreamSink = Pick<StreamHandlers, 'onFrames' | 'whenDone' | 'onSound'>;

export interface SessionStreamDeps {
  readonly control: SourceControl;
  readonly sink: StreamSink;
  readonly clock: Clock;
  /** Makes the stream; it is started here. */
  readonly open: (handlers: StreamHandlers) => StreamIngest;
}

/** Why pictures are missing; `start` = none has come yet. */
type Gap = 'start' | 'ad_break' | 'stall' | 'reconnect';

/**
 * A stream on the session that it feeds: its states become the session's, what happens to it becomes public events, its
 * figures become the session's health. It ends with the session, and the session with it.
 */
export class SessionStream {
  readonly #ingest: StreamIngest;
  #gap: Gap | null = 'start';
  #gapSince: number;
  #variant: StreamVariant | null = null;
  /** Of an ad break that was announced and has not been told; undefined = none. */
  #breakS: number | null | undefined = undefined;

  constructor(private readonly deps: SessionStreamDeps) {
    this.#gapSince = unixSeconds(deps.clock);
    this.#ingest = deps.open({
      ...deps.sink,
      onState: (change) => this.#onState(change),
      onNotice: (notice) => this.#onNotice(notice),
    });
  }

  /**
   * Puts it on the session, and starts it when its turn comes. Throws AppError `session_closed` when the session has begun to
   * end.
   * @param enter asks for the turn; returns what gives it up
   */
  start(enter: (start: () => void) => CancelTimer = atOnce): void {
    const { session } = this.deps.control;
    let leave: CancelTimer = () => {};
    session.attach({
      end: () => {
        leave();
        return this.#ingest.close();
      },
    });
    session.metrics.sourceHealth = () => this.health();
    leave = enter(() => this.#ingest.start());
  }

  health(): SourceHealth {
    const health = this.#ingest.health();
    const { lastError } = health;
    return {
      source: this.deps.control.session.configuration.video_input_source,
      state: PUBLIC_STATES[health.state],
      live: health.isLive,
      attempts: health.attempts,
      latency_seconds: health.latencyS,
      frames: health.frames,
      frames_per_second: health.framesPerSecond,
      bytes: health.bytes,
      dropped: {
        ...(health.framesDropped > 0 && { frames: health.framesDropped }),
        ...(health.segments.skipped > 0 && { segments: health.segments.skipped }),
        ...(health.segments.damaged > 0 && { damaged_segments: health.segments.damaged }),
      },
      stalls: health.stalls,
      ad_breaks: health.adBreaks,
      reconnects: health.reconnects,
      variant: health.variant && toPublic(health.variant),
      last_error: lastError && { cause: lastError.code, message: lastError.message, at: lastError.at },
    };
  }

  #onState(change: StreamStateChange): void {
    const { control } = this.deps;
    switch (change.state) {
      case 'live':
        return this.#onLive(change);
      case 'ad_break':
        this.#onUp(change);
        return this.#tellBreak(change.at);
      case 'stalled':
        return this.#onStalled(change.at);
      case 'reconnecting':
      case 'offline':
        return this.#onLost(change);
      case 'ended':
        control.tell('ended', { cause: 'end_of_stream' });
        return control.finish('source_ended');
      case 'failed':
        return this.#onFailed(change);
      case 'connecting':
      case 'closed':
        return;
    }
  }

  #onLive(change: StreamStateChange): void {
    const gap = this.#gap;
    const seconds = roundTo(Math.max(0, change.at - this.#gapSince), 3);
    this.#onUp(change);
    this.#gap = null;
    if (gap !== null && gap !== 'start') this.deps.control.tell('resumed', { after: gap, gap: seconds });
  }

  /** The stream is there, whether it shows the game or advertisements. */
  #onUp({ at, attempts }: StreamStateChange): void {
    const { control } = this.deps;
    const isFirst = this.#gap === 'start';
    control.moveTo(SessionState.ACTIVE, isFirst ? 'source_connected' : 'source_resumed');
    if (!isFirst) return;
    const variant = this.#ingest.health().variant ?? this.#variant;
    const source = control.session.configuration.video_input_source;
    control.tell('connected', { source, attempts: attempts + 1, variant: variant && toPublic(variant) });
    this.#gap = null;
    this.#gapSince = at;
  }

  /** A stall is noticed some seconds after the last picture. */
  #onStalled(at: number): void {
    const lastAt = this.#ingest.health().lastFrameAt ?? at;
    this.#openGap('stall', lastAt);
    this.deps.control.tell('stalled', { seconds: roundTo(at - lastAt, 1) });
  }

  #onLost({ at, error, state }: StreamStateChange): void {
    const { control } = this.deps;
    this.#openGap('reconnect', at);
    const cause = error?.code ?? (state === 'offline' ? 'offline' : 'upstream');
    const message = error?.message ?? 'The stream is not there';
    control.moveTo(SessionState.RECONNECTING, `source_${cause}`);
    control.tell('reconnecting', { cause, message });
  }

  #onFailed({ error, attempts }: StreamStateChange): void {
    const cause = error?.code ?? 'upstream';
    this.deps.control.fail({ cause, message: messageOf(error, attempts), attempts: Math.max(1, attempts) });
  }

  #onNotice(notice: StreamNotice): void {
    if (notice.type === 'ad_break_started') this.#breakS = notice.durationS;
    if (notice.type === 'variant_chosen') this.#onVariant(notice.variant);
  }

  /** Once a break, however often the stream stalls in it. */
  #tellBreak(at: number): void {
    this.#openGap('ad_break', at);
    if (this.#breakS === undefined) return;
    this.deps.control.tell('ad_break', { duration: this.#breakS });
    this.#breakS = undefined;
  }

  /** The first one is told with the connection. */
  #onVariant(variant: StreamVariant): void {
    const before = this.#variant;
    this.#variant = variant;
    if (before === null || isSame(before, variant)) return;
    this.deps.control.tell('variant_changed', { from: toPublic(before), to: toPublic(variant) });
  }

  /** The first cause of a gap is not its last: a stall that ends in a new connection is one gap, closed as that. */
  #openGap(gap: Gap, at: number): void {
    if (this.#gap === null) this.#gapSince = at;
    if (this.#gap !== 'start') this.#gap = gap;
  }
}

const atOnce = (start: () => void): CancelTimer => {
  start();
  return () => {};
};

const PUBLIC_STATES: Readonly<Record<StreamState, SourceState>> = {
  connecting: 'connecting',
  live: 'live',
  ad_break: 'ad_break',
  stalled: 'stalled',
  reconnecting: 'reconnecting',
  offline: 'reconnecting',
  ended: 'ended',
  failed: 'failed',
  closed: 'ended',
};

const messageOf = (error: StreamError | null, attempts: number): string => {
  const reason = error?.message ?? 'The stream cannot be had';
  return attempts > 1 ? `Failed after ${attempts} attempts: ${reason}` : reason;
};

const toPublic = ({ name, width, height, fps, bitsPerSecond }: StreamVariant): SourceVariant => ({
  name,
  width,
  height,
  fps,
  bandwidth: bitsPerSecond,
});

const isSame = (a: StreamVariant, b: StreamVariant): boolean =>
  a.name === b.name && a.width === b.width && a.height === b.height;

const roundTo = (value: number, digits: number): number => Number(value.toFixed(digits));
