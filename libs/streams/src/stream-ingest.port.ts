import type { StreamError, StreamErrorCode } from './stream-error.js';

/**
 * A stream that the server fetches itself, from the outside: give it handlers, start it, close it. One object for the
 * whole life of a session, through every reconnection.
 *
 *     connecting ─▶ live ⇄ ad_break, stalled
 *         │          └──▶ reconnecting ⇄ offline ──▶ live …
 *         └──────────────▶ failed (connection attempts or the time to reconnect used up, or a terminal cause)
 *     any ─▶ ended (what was recorded is played to its end) · any ─▶ closed
 */
export interface StreamIngest {
  /** Begins to connect. Nothing is thrown and nothing awaited: everything that follows comes to the handlers. */
  start(): void;
  health(): StreamHealth;
  /**
   * Stops in whatever state it is: fetches are aborted, the decoder is killed, timers are cleared. Settles within a
   * second; no handler is called afterwards. May be called twice.
   */
  close(): Promise<void>;
}

export const STREAM_STATES = [
  /** First connection under way, or waiting between its attempts. */
  'connecting',
  /** Content arrives. */
  'live',
  /** Connected, but advertisements replace the content; no frames come. */
  'ad_break',
  /** Connected, but nothing new has come for some seconds; it may go on, else it is connected anew. */
  'stalled',
  /** It was up and is being connected again. */
  'reconnecting',
  /** It was up and the broadcast is over; looked for again now and then until the time to reconnect is used up. */
  'offline',
  /** What was recorded has been played to its end. Final. */
  'ended',
  /** Given up; the change carries the error. Final. */
  'failed',
  /** `close()` was called. Final. */
  'closed',
] as const;
export type StreamState = (typeof STREAM_STATES)[number];

export interface StreamStateChange {
  readonly state: StreamState;
  readonly previous: StreamState | null;
  /** Unix seconds. */
  readonly at: number;
  /** Why, for `reconnecting`, `offline`, `stalled` and `failed`, and for `connecting` after an attempt failed. */
  readonly error: StreamError | null;
  /** Attempts to connect made since the stream was last up, the failed one included. */
  readonly attempts: number;
  /** When the next attempt follows, Unix seconds; null when none is waited for. */
  readonly retryAt: number | null;
}

/** One picture of the stream. */
export interface StreamFrame {
  /** A JPEG of the target size, owned by this frame alone. */
  readonly jpeg: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** When it was broadcast: Unix seconds on the broadcaster's clock where it tells it, strictly rising. */
  readonly capturedAt: number;
  /** Counts every decoded frame of the stream from 1, through reconnections; a gap is a frame that was dropped. */
  readonly sequence: number;
}

/** Sound of the stream: mono, 16 kHz. */
export interface StreamSound {
  readonly pcm: Int16Array;
  /** Of the first sample, on the same clock as the frames. */
  readonly capturedAt: number;
}

/** Something worth telling that does not change the state. */
export type StreamNotice =
  | { readonly type: 'variant_chosen'; readonly variant: StreamVariant }
  | { readonly type: 'resolution_changed'; readonly width: number; readonly height: number }
  /** The broadcaster stopped and began anew. */
  | { readonly type: 'restarted' }
  | { readonly type: 'ad_break_started'; readonly roll: string | null; readonly durationS: number | null }
  | { readonly type: 'ad_break_ended'; readonly durationS: number }
  /** Content that exists was not looked at: the server was behind, or segments could not be had. */
  | { readonly type: 'segments_skipped'; readonly count: number };

/**
 * What the owner of a stream does with what it gives.
 *
 * Back-pressure: `onFrames` is not called again before the promise it returned has settled. Meanwhile frames wait, up to
 * a bound; past it the oldest is dropped and counted (`health().framesDropped`). The same holds for `onSound`. A handler
 * that throws or rejects is logged and changes nothing.
 */
export interface StreamHandlers {
  /** One frame at a time, spaced as it was captured; with batch processing up to ten at once, as soon as decoded. */
  onFrames(frames: readonly StreamFrame[]): void | Promise<void>;
  /** Resolves when all frames that were given have been dealt with: a stream that has ended says so only then. */
  whenDone?(): Promise<void>;
  /** When absent, sound is not decoded at all. */
  onSound?(sound: StreamSound): void | Promise<void>;
  onState?(change: StreamStateChange): void;
  onNotice?(notice: StreamNotice): void;
}

/** Which rendition is watched, and why that one. */
export interface StreamVariant {
  /** As the service names it, such as `360p` or `1080p60`; null when the stream has only one and no name for it. */
  readonly name: string | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly fps: number | null;
  readonly bitsPerSecond: number | null;
  /** The broadcaster's own, not transcoded. */
  readonly isSource: boolean;
  /** The quality that was asked for. */
  readonly requested: string;
  /** `named`: what was asked for; `fitting`: chosen for the target size; `nearest`: what was asked for is not there. */
  readonly choice: 'named' | 'fitting' | 'nearest' | 'only';
}

export interface StreamHealth {
  readonly state: StreamState;
  /** When that state began, Unix seconds. */
  readonly since: number;
  /** Whether content arrives now. */
  readonly isLive: boolean;
  /** From capture to hand-over of the newest frame, on the broadcaster's clock; null when unknown. */
  readonly latencyS: number | null;
  /** Where capture times come from; `estimated` when the playlist does not say. */
  readonly clock: 'broadcaster' | 'estimated' | null;
  /** Handed over, over the last ten seconds. */
  readonly framesPerSecond: number;
  readonly frames: number;
  readonly framesDropped: number;
  readonly lastFrameAt: number | null;
  readonly bytes: number;
  readonly segments: { readonly decoded: number; readonly skipped: number; readonly damaged: number };
  readonly stalls: number;
  readonly reconnects: number;
  /** The broadcaster began anew. */
  readonly restarts: number;
  readonly adBreaks: number;
  readonly adSeconds: number;
  readonly variant: StreamVariant | null;
  readonly attempts: number;
  readonly lastError: { readonly code: StreamErrorCode; readonly message: string; readonly at: number } | null;
}

/** Finds out where a stream can be fetched now. One for each service; asked anew for every connection. */
export interface StreamResolver {
  /** For logs and metrics, such as `twitch`. */
  readonly service: string;
  /** Throws {@link StreamError}; with the signal's reason when aborted. */
  resolve(signal: AbortSignal): Promise<ResolvedStream>;
}

interface ResolvedCommon {
  readonly variant: StreamVariant;
  /** Live is watched at its edge; a recording is played from its beginning to its end. */
  readonly isLive: boolean;
  /** Which broadcast this is, where the service tells: another one on the same channel is a restart. */
  readonly broadcastId: string | null;
  /** Unix seconds at which the address stops to work; it is resolved again before. */
  readonly expiresAt: number | null;
}

/** An HLS media playlist (never a multivariant one: the resolver chooses the variant). */
export interface ResolvedHls extends ResolvedCommon {
  readonly kind: 'hls';
  readonly mediaPlaylistUrl: string;
  /** Of its sound, where that has segments of its own; null or absent = it is with the pictures, or there is none. */
  readonly soundPlaylistUrl?: string | null;
  /** For the playlists and for every segment. */
  readonly headers: Readonly<Record<string, string>>;
  /** Hosts that the playlists, their segments and redirects may name. */
  readonly hosts: HostList;
  /** How advertisements are told from content; without it everything is content. */
  readonly ads?: AdRules;
  /** What to add to this machine's clock to get the service's, seconds. */
  readonly clockOffsetS?: number;
}

/** A stream that ffmpeg opens itself. The resolver has checked the address; a file is a path on this machine. */
export interface ResolvedDirect extends ResolvedCommon {
  readonly kind: 'direct';
  readonly protocol: 'rtmp' | 'rtsp' | 'file';
  readonly url: string;
}

export type ResolvedStream = ResolvedHls | ResolvedDirect;

/**
 * Hosts that may be fetched from: exact names or addresses, and suffixes that begin with a dot. A host in `named` may
 * be private and may be fetched over http and on any port, because the operator has named it; what `builtIn` covers must be
 * public, https, and on port 443.
 */
export interface HostList {
  readonly builtIn: readonly string[];
  readonly named: readonly string[];
}

/** A segment of a playlist as far as telling advertisements needs it. */
export interface SegmentFacts {
  readonly title: string;
  readonly durationS: number;
  /** Unix seconds; null when the playlist has no times. */
  readonly startsAt: number | null;
}

export interface DateRange {
  readonly id: string;
  readonly className: string | null;
  readonly startsAt: number | null;
  /** null = open-ended. */
  readonly endsAt: number | null;
  readonly attributes: ReadonlyMap<string, string>;
}

/** A service's way of marking advertisements. */
export interface AdRules {
  isAd(segment: SegmentFacts, ranges: readonly DateRange[]): boolean;
  /** What the break says of itself, where it does. */
  describe(ranges: readonly DateRange[]): { readonly roll: string | null; readonly durationS: number | null };
}

export interface StreamRequest {
  readonly url: string;
  readonly hosts: HostList;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Of the body, after it is decompressed. */
  readonly maxBytes: number;
  /** For everything: looking up, connecting, redirects, the whole body. */
  readonly timeoutMs: number;
}

export interface StreamResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** After redirects; relative addresses in the body are meant from here. */
  readonly url: string;
}

/**
 * Fetches what came from outside. Every address, redirects included, is checked before anything is connected: scheme, no
 * user, port, host list, and every IP address that the name stands for; the connection goes to the address checked.
 * An HTTP status is an answer, not an error. Throws {@link StreamError}: `blocked_url`, `timeout`, `upstream` (also for a
 * body past its limit, then with the fact `tooLarge`).
 */
export interface StreamHttp {
  fetch(request: StreamRequest, signal: AbortSignal): Promise<StreamResponse>;
}

/** How the pictures shall be; the same for every service. */
export interface StreamPictureOptions {
  readonly fps: number;
  readonly width: number;
  readonly height: number;
  /** 1–100, as libjpeg counts it. */
  readonly jpegQuality: number;
  /** Frames of a segment are handed over together, up to ten at once, instead of one by one in their own time. */
  readonly batchProcessing: boolean;
}
