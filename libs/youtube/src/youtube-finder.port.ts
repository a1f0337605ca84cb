import type { YoutubeTarget } from './youtube-target.js';

/** Where a broadcast can be fetched now. */
export interface YoutubeBroadcast {
  /** null when the way does not say. */
  readonly videoId: string | null;
  readonly isLive: boolean;
  /** The multivariant playlist. */
  readonly masterUrl: string;
  /** For the playlists and the segments. */
  readonly headers: Readonly<Record<string, string>>;
  /** Unix seconds at which the address stops to work; null when it does not say. */
  readonly expiresAt: number | null;
}

/** One way to find a broadcast. */
export interface YoutubeFinder {
  /** For logs and metrics, such as `youtubei`. */
  readonly name: string;
  /** Throws StreamError; with the signal's reason when aborted. */
  find(target: YoutubeTarget, signal: AbortSignal): Promise<YoutubeBroadcast>;
}

/** The address carries its own end: `…/expire/<Unix seconds>/…`. */
export function expiryOf(url: string): number | null {
  const seconds = Number(/\/expire\/(\d{9,11})(?:\/|$)/.exec(url)?.[1]);
  return Number.isFinite(seconds) ? seconds : null;
}
