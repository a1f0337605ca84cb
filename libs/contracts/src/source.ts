import type { VideoInputSource } from './session.js';

/** How an ingested stream is doing. `ad_break`: the stream runs, but shows advertisements, which are not analysed. */
export const SOURCE_STATES = ['connecting', 'live', 'ad_break', 'stalled', 'reconnecting', 'ended', 'failed'] as const;
export type SourceState = (typeof SOURCE_STATES)[number];

/** The rendition of a stream that is read; what the stream does not say is null. `bandwidth` is bits a second. */
export interface SourceVariant {
  readonly name: string | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly fps: number | null;
  readonly bandwidth: number | null;
}

/** Why a source could not be used. `cause` is stable snake_case, `message` is for the client's reader and holds no secret. */
export interface SourceFault {
  readonly cause: string;
  readonly message: string;
  /** Unix seconds. */
  readonly at: number;
}

/** The figures of an ingested stream, as the public API shows them. */
export interface SourceHealth {
  readonly source: VideoInputSource;
  readonly state: SourceState;
  /** Whether pictures of the game are coming in. */
  readonly live: boolean;
  /** Tries that failed since it was last up. */
  readonly attempts: number;
  /** How far the newest picture is behind the broadcaster, in seconds; null when the stream does not tell the time. */
  readonly latency_seconds: number | null;
  readonly frames: number;
  /** Of the last seconds; null before there is anything to count. */
  readonly frames_per_second: number | null;
  readonly bytes: number;
  /** Frames and parts of the stream that were given up on purpose, by reason. */
  readonly dropped: Readonly<Record<string, number>>;
  readonly stalls: number;
  readonly ad_breaks: number;
  readonly reconnects: number;
  readonly variant: SourceVariant | null;
  readonly last_error: SourceFault | null;
}

export const SELF_CONNECTION_STATES = ['connecting', 'connected', 'reconnecting', 'off'] as const;

/** A WebSocket that the server opens to itself for a session. */
export interface SelfConnectionFigures {
  readonly state: (typeof SELF_CONNECTION_STATES)[number];
  readonly reconnects: number;
  readonly last_error: string | null;
}

export interface SelfConnections {
  readonly audio: SelfConnectionFigures;
  readonly high_speed_vision: SelfConnectionFigures;
}
