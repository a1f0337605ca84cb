/** Where a session's picture comes from (the seed's `VideoInputSource`, plus `stream_url`). */
export const VideoInputSource = {
  DIRECT_SCREEN: 'direct_screen',
  TWITCH: 'twitch',
  YOUTUBE: 'youtube',
  STREAM_URL: 'stream_url',
} as const;
export type VideoInputSource = (typeof VideoInputSource)[keyof typeof VideoInputSource];

/** Sources that the server fetches itself. */
export const INGESTED_SOURCES = [
  VideoInputSource.TWITCH,
  VideoInputSource.YOUTUBE,
  VideoInputSource.STREAM_URL,
] as const satisfies readonly VideoInputSource[];

export const SessionState = {
  CREATED: 'created',
  CONNECTING: 'connecting',
  ACTIVE: 'active',
  RECONNECTING: 'reconnecting',
  CLOSING: 'closing',
  CLOSED: 'closed',
  ERROR: 'error',
} as const;
export type SessionState = (typeof SessionState)[keyof typeof SessionState];

export type ProcessingMode = 'normal' | 'high_speed';
export type SessionType = 'standard' | 'high_speed' | 'voice_chat' | 'combined';

export const HIGH_SPEED_MODES = ['balanced', 'ultra-fast', 'quality-focused'] as const;
export type HighSpeedMode = (typeof HIGH_SPEED_MODES)[number];

/** What may be done with a session; each includes the ones before it. */
export const PERMISSIONS = ['view', 'configure', 'admin'] as const;
export type Permission = (typeof PERMISSIONS)[number];
