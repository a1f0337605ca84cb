import type { ProcessingMode, SessionConfiguration, SessionState, SessionType, VisionResult } from '@jiga/contracts';

/** A session as the server shows it. Times are Unix seconds. */
export interface Session {
  readonly session_id: string;
  readonly session_type: SessionType;
  readonly state: SessionState;
  readonly processing_mode: ProcessingMode;
  readonly configuration: SessionConfiguration;
  readonly endpoints: Readonly<Record<string, string | null>> & { readonly stream_direct_video: string };
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
  | { readonly status: 'result'; readonly result: VisionResult }
  | { readonly status: 'dropped'; readonly reason: string };

export type ConnectionState = 'idle' | 'connecting' | 'open' | 'reconnecting' | 'closed';
