import type {
  Credit,
  HighSpeedConfig,
  Permission,
  PictureAdvice,
  ProcessingMode,
  QualityState,
  SessionConfiguration,
  SessionState,
  SessionType,
  VisionResult,
} from '@jiga/contracts';
import type { JigaError } from './jiga-error.js';

/** A session as the server shows it. Times are Unix seconds. */
export interface Session {
  readonly session_id: string;
  readonly session_type: SessionType;
  readonly state: SessionState;
  readonly processing_mode: ProcessingMode;
  readonly configuration: SessionConfiguration;
  readonly endpoints: Readonly<Record<string, string | null>> & {
    readonly stream_direct_video: string;
    readonly audio_stream: string;
    readonly events_stream: string;
  };
  readonly created_at: number;
}

/** First message of the video socket. */
export interface Welcome {
  readonly type: 'direct_video_stream_connected';
  readonly session_id: string;
  readonly processing_mode: ProcessingMode;
  readonly high_speed_enabled: boolean;
  readonly timestamp: number;
}

/** A credential for one session, for a game or a browser that must not hold an API key. */
export interface SessionToken {
  readonly token: string;
  readonly token_id: string;
  readonly session_id: string;
  readonly permissions: Permission;
  /** Unix seconds. */
  readonly expires_at: number;
}

/** A session token without the token itself. */
export interface IssuedToken {
  readonly token_id: string;
  readonly session_id: string;
  readonly permissions: Permission;
  readonly state: 'active' | 'expired' | 'revoked';
  /** Id of the credential whose end is the end of this token too. */
  readonly issued_by: string;
  /** Unix seconds. */
  readonly created_at: number;
  readonly expires_at: number;
  readonly revoked_at: number | null;
}

export interface FrameOptions {
  /** Capture time in Unix seconds; now when left out. */
  readonly timestamp?: number;
  readonly source?: string;
  readonly channel?: string;
}

/**
 * What became of a frame. Drops are part of real-time work and no error. Reasons with the prefix `client_` are this
 * client's own: `client_superseded` (a newer frame took its place while the window was full), `client_connection_lost`,
 * `client_closed`.
 */
export type FrameOutcome =
  | {
      readonly status: 'result';
      readonly result: VisionResult;
      /** On the high-speed socket: from receipt to answer, by the server's clock. */
      readonly processingLatencyMs?: number;
    }
  | { readonly status: 'dropped'; readonly reason: string };

/** JPEG, PNG or WebP bytes, or the same as base64. */
export type Picture = Uint8Array | string;

/** Makes the picture of a frame when its turn has come; `advice` is the picture worth sending, if the server has said it. */
export type PictureSource = (advice: PictureAdvice | undefined) => Picture | Promise<Picture>;

/** What may be under way from now on. */
export interface CreditMessage extends Credit {
  readonly picture: PictureAdvice;
}

/** First message of the high-speed socket. */
export interface HighSpeedWelcome {
  readonly type: 'high_speed_connected';
  readonly session_id: string;
  readonly performance_targets: HighSpeedConfig & { readonly picture: PictureAdvice };
  readonly timestamp: number;
}

/** One frame of a batch. */
export interface BatchFrame extends FrameOptions {
  readonly picture: Picture;
}

/** What became of a batch; `outcomes` are in the order of its frames. */
export interface BatchOutcome {
  readonly outcomes: readonly (FrameOutcome | JigaError)[];
  /** By the server's clock; null when the batch was cut short. */
  readonly processingLatencyMs: number | null;
}

export interface LatencyFigures {
  readonly count: number;
  /** Milliseconds; null before the first sample. */
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

/** The live figures of a session. */
export interface HighSpeedMetrics {
  readonly fps: { readonly received: number; readonly analysed: number; readonly target: number };
  /** Per stage; `answer` is from receipt to answer. */
  readonly latency_ms: Readonly<Record<string, LatencyFigures>>;
  readonly frames: {
    readonly received: number;
    readonly bytes: number;
    readonly analysed: number;
    readonly failed: number;
    readonly dropped: Readonly<Record<string, number>>;
    readonly last_received_at: number | null;
  };
  readonly analyses: { readonly heavy: number; readonly last_at: number | null };
  readonly cache: {
    readonly hits: number;
    readonly misses: number;
    readonly by_kind: Readonly<Record<string, { readonly hits: number; readonly misses: number }>>;
    readonly hit_rate: number | null;
  };
  readonly in_flight: { readonly waiting: number; readonly analysing: number; readonly waiting_bytes: number };
  readonly credit: Credit;
  readonly quality: QualityState;
  readonly sockets: { readonly open: number; readonly total: number };
}

export type ConnectionState = 'idle' | 'connecting' | 'open' | 'reconnecting' | 'closed';
