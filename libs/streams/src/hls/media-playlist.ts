import { StreamError } from '../stream-error.js';
import type { DateRange } from '../stream-ingest.port.js';
import { amountOf, parseAttributes, playlistLines, secondsOf } from './attributes.js';

export interface ByteRange {
  readonly length: number;
  readonly offset: number;
}

export interface MediaSegment {
  readonly sequence: number;
  /** As written: relative to the playlist. */
  readonly uri: string;
  readonly durationS: number;
  readonly title: string;
  /** Unix seconds; null when the playlist has no times. */
  readonly startsAt: number | null;
  readonly isDiscontinuous: boolean;
  /** Of the initialization section (fMP4). */
  readonly mapUri: string | null;
  readonly mapRange: ByteRange | null;
  readonly range: ByteRange | null;
  readonly isEncrypted: boolean;
  /** The server says that it does not have it. */
  readonly isGap: boolean;
}

export interface MediaPlaylist {
  readonly targetDurationS: number;
  readonly segments: readonly MediaSegment[];
  readonly ranges: readonly DateRange[];
  readonly isEnded: boolean;
  /** Unix seconds on the service's clock when it wrote this; null when it does not say. */
  readonly serverTimeS: number | null;
}

const SEGMENTS_MAX = 2000;
const DURATION_MAX_S = 60;
const DEFAULT_TARGET_S = 6;

/**
 * Reads a media playlist (RFC 8216), with the times and ranges by which Twitch marks advertisements. What it does not
 * know it skips; numbers that make no sense are replaced. Throws {@link StreamError} `playlist_invalid` for what is
 * no media playlist, `playlist_too_large` for one with too many segments.
 */
export function parseMediaPlaylist(text: string): MediaPlaylist {
  const lines = playlistLines(text);
  if (!lines || lines.some((line) => line.startsWith('#EXT-X-STREAM-INF'))) throw new StreamError('playlist_invalid');
  const reader = new PlaylistReader();
  for (const line of lines) reader.read(line);
  return reader.result();
}

/** What has been said since the last segment, or holds until it is changed. */
class PlaylistReader {
  readonly #segments: MediaSegment[] = [];
  readonly #ranges: DateRange[] = [];
  #targetDurationS = DEFAULT_TARGET_S;
  #sequence = 0;
  #isEnded = false;
  #serverTimeS: number | null = null;
  #nextStartsAt: number | null = null;
  #info: { durationS: number | null; title: string } | null = null;
  #range: ByteRange | null = null;
  #map: { uri: string; range: ByteRange | null } | null = null;
  #isDiscontinuous = false;
  #isEncrypted = false;
  #isGap = false;

  read(line: string): void {
    if (!line.startsWith('#')) return this.#addSegment(line);
    if (!line.startsWith('#EXT')) return;
    const [name = ''] = line.split(':', 1);
    this.#readTag(name, line.slice(name.length + 1));
  }

  result(): MediaPlaylist {
    return {
      targetDurationS: this.#targetDurationS,
      segments: this.#segments,
      ranges: this.#ranges,
      isEnded: this.#isEnded,
      serverTimeS: this.#serverTimeS,
    };
  }

  #readTag(name: string, value: string): void {
    switch (name) {
      case '#EXT-X-TARGETDURATION':
        this.#targetDurationS = Math.min(amountOf(value) || DEFAULT_TARGET_S, DURATION_MAX_S);
        break;
      case '#EXT-X-MEDIA-SEQUENCE':
        this.#sequence = Math.min(Math.floor(amountOf(value) ?? 0), Number.MAX_SAFE_INTEGER - SEGMENTS_MAX);
        break;
      case '#EXTINF':
        this.#info = extinf(value);
        break;
      case '#EXT-X-PROGRAM-DATE-TIME':
        this.#nextStartsAt = secondsOf(value) ?? this.#nextStartsAt;
        break;
      case '#EXT-X-DISCONTINUITY':
        this.#isDiscontinuous = true;
        this.#map = null;
        break;
      case '#EXT-X-MAP':
        this.#map = mapOf(value);
        break;
      case '#EXT-X-KEY':
        this.#isEncrypted = (parseAttributes(value).get('METHOD') ?? 'NONE') !== 'NONE';
        break;
      case '#EXT-X-BYTERANGE':
        this.#range = byteRange(value, this.#segments.at(-1)?.range ?? null);
        break;
      case '#EXT-X-GAP':
        this.#isGap = true;
        break;
      case '#EXT-X-DATERANGE':
        this.#addRange(parseAttributes(value));
        break;
      case '#EXT-X-TWITCH-INFO':
        this.#serverTimeS = amountOf(parseAttributes(value).get('SERVER-TIME')) ?? this.#serverTimeS;
        break;
      case '#EXT-X-ENDLIST':
        this.#isEnded = true;
        break;
    }
  }

  #addSegment(uri: string): void {
    if (this.#segments.length === SEGMENTS_MAX) throw new StreamError('playlist_too_large');
    const durationS = this.#info?.durationS ?? this.#targetDurationS;
    this.#segments.push({
      sequence: this.#sequence++,
      uri,
      durationS,
      title: this.#info?.title ?? '',
      startsAt: this.#nextStartsAt,
      isDiscontinuous: this.#isDiscontinuous,
      mapUri: this.#map?.uri ?? null,
      mapRange: this.#map?.range ?? null,
      range: this.#range,
      isEncrypted: this.#isEncrypted,
      isGap: this.#isGap,
    });
    if (this.#nextStartsAt !== null) this.#nextStartsAt += durationS;
    this.#info = null;
    this.#range = null;
    this.#isDiscontinuous = false;
    this.#isGap = false;
  }

  #addRange(attributes: ReadonlyMap<string, string>): void {
    this.#serverTimeS = serverTime(attributes) ?? this.#serverTimeS;
    const id = attributes.get('ID');
    if (id === undefined || this.#ranges.length === SEGMENTS_MAX) return;
    const startsAt = secondsOf(attributes.get('START-DATE'));
    const lengthS = amountOf(attributes.get('DURATION')) ?? amountOf(attributes.get('PLANNED-DURATION'));
    const end = secondsOf(attributes.get('END-DATE'));
    this.#ranges.push({
      id,
      className: attributes.get('CLASS') ?? null,
      startsAt,
      endsAt: end ?? (startsAt !== null && lengthS !== null ? startsAt + lengthS : null),
      attributes,
    });
  }
}

function extinf(value: string): { durationS: number | null; title: string } {
  const comma = value.indexOf(',');
  const duration = amountOf(comma === -1 ? value : value.slice(0, comma));
  const durationS = duration === null || duration === 0 ? null : Math.min(duration, DURATION_MAX_S);
  return { durationS, title: comma === -1 ? '' : value.slice(comma + 1).trim() };
}

function mapOf(value: string): { uri: string; range: ByteRange | null } | null {
  const attributes = parseAttributes(value);
  const uri = attributes.get('URI');
  const range = attributes.get('BYTERANGE');
  return uri === undefined ? null : { uri, range: range === undefined ? null : byteRange(range, null) };
}

/** `length@offset`; without an offset it follows the range before it. */
function byteRange(value: string, previous: ByteRange | null): ByteRange | null {
  const [lengthText, offsetText] = value.split('@');
  const length = amountOf(lengthText);
  const offset = amountOf(offsetText) ?? (previous ? previous.offset + previous.length : 0);
  return length === null || length === 0 ? null : { length, offset };
}

/** Twitch says its time in a range of its own: seconds, with a fraction. */
function serverTime(attributes: ReadonlyMap<string, string>): number | null {
  return attributes.get('CLASS') === 'timestamp' ? amountOf(attributes.get('X-SERVER-TIME')) : null;
}
