import { resolve } from 'node:path';

import type { VariableName, VariableValues } from './variables.js';

export interface StreamSettings {
  /** Lower-case names, suffixes that begin with a dot; either may end with a port. */
  readonly allowedHosts: readonly string[];
  readonly retryDelayMs: number;
  readonly reconnectWindowMs: number;
  readonly ffmpegPath: string | null;
  /** Absolute path; null = no files. */
  readonly filesDirectory: string | null;
}

export interface TwitchSettings {
  readonly gqlUrl: string;
  /** Without a trailing slash. */
  readonly usherUrl: string;
  readonly clientId: string;
  readonly queryHash: string;
  readonly oauthToken: string | null;
  readonly tokensPerMinute: number;
  readonly streamlinkPath: string | null;
}

export interface YoutubeSettings {
  readonly finders: VariableValues['JIGA_YOUTUBE_FINDERS'];
  readonly ytDlpPath: string | null;
}

export interface StreamConfig {
  readonly streams: StreamSettings;
  readonly twitch: TwitchSettings;
  readonly youtube: YoutubeSettings;
}

export function streamConfig(read: <K extends VariableName>(name: K) => VariableValues[K]): StreamConfig {
  return {
    streams: {
      allowedHosts: read('JIGA_STREAM_ALLOWED_HOSTS') ?? [],
      retryDelayMs: read('JIGA_RETRY_DELAY_MS'),
      reconnectWindowMs: read('JIGA_STREAM_RECONNECT_WINDOW_S') * 1000,
      ffmpegPath: read('JIGA_FFMPEG_PATH'),
      filesDirectory: absolute(read('JIGA_STREAM_FILES_DIR')),
    },
    youtube: { finders: read('JIGA_YOUTUBE_FINDERS'), ytDlpPath: read('JIGA_YTDLP_PATH') },
    twitch: {
      gqlUrl: read('JIGA_TWITCH_GQL_URL'),
      usherUrl: read('JIGA_TWITCH_USHER_URL'),
      clientId: read('JIGA_TWITCH_CLIENT_ID'),
      queryHash: read('JIGA_TWITCH_QUERY_HASH'),
      oauthToken: read('JIGA_TWITCH_OAUTH_TOKEN'),
      tokensPerMinute: read('JIGA_TWITCH_TOKENS_PER_MINUTE'),
      streamlinkPath: read('JIGA_STREAMLINK_PATH'),
    },
  };
}

const absolute = (path: string | null): string | null => (path === null ? null : resolve(path));
