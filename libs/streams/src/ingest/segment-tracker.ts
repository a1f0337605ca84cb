import type { AdRules } from '../stream-ingest.port.js';
import type { MediaPlaylist, MediaSegment } from '../hls/media-playlist.js';

/** A segment with what the playlist as a whole says of it. */
export interface TrackedSegment extends Omit<MediaSegment, 'startsAt'> {
  readonly startsAt: number;
  readonly isEstimated: boolean;
  readonly isAd: boolean;
}

export interface NewSegments {
  readonly segments: readonly TrackedSegment[];
  /** Content that was in the stream and is not among them. */
  readonly skipped: number;
}

/** At the edge of a live stream: the newest segment is enough to begin, and what is further behind is not caught up on. */
const FIRST_SEGMENTS = 1;
const BEHIND_MAX = 2;
const KEYS_MAX = 256;
/** Numbers that leap further are those of another count: no outage that a connection survives is so long. */
const LEAP_MAX = 1000;

/**
 * Which segments of a playlist are new since the last one. Sequence numbers say so; when they begin anew, or leap, addresses and times
 * do, so that nothing is looked at twice.
 */
export class SegmentTracker {
  readonly #seen = new Set<string>();
  #lastSequence: number | null = null;
  /** Where the newest segment ended, Unix seconds. */
  #endsAt: number | null = null;

  constructor(
    private readonly ads: AdRules | undefined,
    /** Live is followed at its edge; a recording from its beginning. */
    private readonly isLive: boolean,
  ) {}

  /** @param nowS Unix seconds, for playlists that do not say when their segments were broadcast */
  take(playlist: MediaPlaylist, nowS: number): NewSegments {
    const all = this.#withTimes(playlist, nowS);
    const fresh = all.filter((segment) => this.#isNew(segment, all));
    const missed = this.#missedBefore(fresh[0], all);
    const isFirst = this.#lastSequence === null;
    for (const segment of fresh) this.#remember(segment);
    this.#lastSequence = all.at(-1)?.sequence ?? this.#lastSequence;
    if (!this.isLive) return { segments: fresh, skipped: 0 };
    if (isFirst) return { segments: fresh.slice(-FIRST_SEGMENTS), skipped: 0 };
    const behind = fresh.slice(0, -BEHIND_MAX).filter(({ isAd }) => !isAd);
    return { segments: fresh.slice(-BEHIND_MAX), skipped: missed + behind.length };
  }

  #isNew(segment: TrackedSegment, all: readonly TrackedSegment[]): boolean {
    if (this.#lastSequence === null) return true;
    if (!this.#hasBegunAnew(all)) return segment.sequence > this.#lastSequence;
    const isAfter = segment.isEstimated || this.#endsAt === null || segment.startsAt > this.#endsAt - 0.5;
    return isAfter && !this.#seen.has(keyOf(segment));
  }

  #hasBegunAnew(all: readonly TrackedSegment[]): boolean {
    const [first] = all;
    const newest = all.at(-1);
    if (!first || !newest || this.#lastSequence === null) return false;
    return newest.sequence < this.#lastSequence || first.sequence > this.#lastSequence + LEAP_MAX;
  }

  /** Segments that left the playlist before they were seen in it. */
  #missedBefore(first: TrackedSegment | undefined, all: readonly TrackedSegment[]): number {
    if (!first || this.#lastSequence === null || this.#hasBegunAnew(all)) return 0;
    return Math.max(0, first.sequence - this.#lastSequence - 1);
  }

  #remember(segment: TrackedSegment): void {
    this.#seen.add(keyOf(segment));
    const [oldest] = this.#seen;
    if (this.#seen.size > KEYS_MAX && oldest !== undefined) this.#seen.delete(oldest);
    this.#endsAt = segment.startsAt + segment.durationS;
  }

  #withTimes({ segments, ranges }: MediaPlaylist, nowS: number): TrackedSegment[] {
    let startsAt = this.#estimatedStart(segments, nowS);
    return segments.map((segment) => {
      const at = segment.startsAt ?? startsAt;
      startsAt = at + segment.durationS;
      const isAd = this.ads?.isAd(segment, ranges) ?? false;
      return { ...segment, startsAt: at, isEstimated: segment.startsAt === null, isAd };
    });
  }

  /** Without times the newest segment is taken to end now; what goes on where the last playlist ended goes on in time. */
  #estimatedStart(segments: readonly MediaSegment[], nowS: number): number {
    if (!this.isLive) return this.#endsAt ?? nowS;
    const lengthS = segments.reduce((sum, { durationS }) => sum + durationS, 0);
    const known = segments.findIndex(({ sequence }) => sequence === (this.#lastSequence ?? -1) + 1);
    if (this.#lastSequence === null || this.#endsAt === null || known === -1) return nowS - lengthS;
    const beforeS = segments.slice(0, known).reduce((sum, { durationS }) => sum + durationS, 0);
    const continued = this.#endsAt - beforeS;
    return Math.abs(continued - (nowS - lengthS)) < lengthS ? continued : nowS - lengthS;
  }
}

/** An address without its query, which may hold a signature that changes. */
const keyOf = ({ uri }: TrackedSegment): string => uri.split('?', 1)[0] ?? uri;
