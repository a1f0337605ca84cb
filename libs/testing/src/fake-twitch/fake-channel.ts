/** One rendition of a fake channel. */
export interface FakeRung {
  readonly name: string;
  readonly group: string;
  readonly width: number | null;
  readonly height: number | null;
  readonly fps: number;
  readonly bitsPerSecond: number;
  readonly codecs: string;
  readonly isSource?: boolean;
}

/** A segment of the fake's timeline; number n begins n durations after the broadcast began. */
export interface FakeSegment {
  readonly n: number;
  readonly startsAtMs: number;
  isAd: boolean;
  title: string;
  durationText: string;
  /** As the playlist writes it; null = no time. */
  time: string | null;
  uri: string;
  /** Whole lines that stand before the segment. */
  before: string[];
}

const rung = (name: string, width: number, height: number, fps: number, kbps: number): FakeRung => ({
  name,
  group: name,
  width,
  height,
  fps,
  bitsPerSecond: kbps * 1000,
  codecs: 'avc1.4D401F,mp4a.40.2',
});

export const FAKE_LADDER: readonly FakeRung[] = [
  { ...rung('1080p60', 1920, 1080, 60, 9100), group: 'chunked', isSource: true },
  rung('720p60', 1280, 720, 60, 3400),
  rung('480p', 852, 480, 30, 1400),
  rung('360p', 640, 360, 30, 630),
  rung('160p', 284, 160, 30, 230),
];
export const FAKE_AUDIO_ONLY: FakeRung = {
  name: 'audio_only',
  group: 'audio_only',
  width: null,
  height: null,
  fps: 0,
  bitsPerSecond: 160_000,
  codecs: 'mp4a.40.2',
};

const iso = (ms: number): string => new Date(ms).toISOString();

/** A channel of the fake: what it broadcasts, and how its playlists look. Change its members to script it. */
export class FakeChannel {
  layout: 'v1' | 'v2' = 'v2';
  rungs: readonly FakeRung[] = [...FAKE_LADDER, FAKE_AUDIO_ONLY];
  segmentS = 2;
  windowSize = 6;
  targetDurationS = 5;
  broadcastId = '40000000001';
  /** Null = offline. */
  startedMs: number | null = null;
  /** No segment from this one on appears in the playlist, which stays as it is. */
  frozenAt = Infinity;
  isEnded = false;
  sequenceOffset = 0;
  /** From the first to the last segment of each break. */
  adBreaks: readonly (readonly [first: number, last: number])[] = [];
  /** Date ranges by which breaks are announced, besides titles. */
  hasAdRanges = true;
  extension = 'ts';
  /** More lines for the head of the playlist. */
  head: string[] = [];
  /** Changes one segment before it is written. */
  editSegment: (segment: FakeSegment) => void = () => undefined;
  /** Changes the whole text of a playlist. */
  editPlaylist: (text: string) => string = (text) => text;

  constructor(
    readonly login: string,
    private readonly nowMs: () => number,
  ) {}

  /** @param ageS how long it has been on the air already */
  goLive(ageS = 60): this {
    this.startedMs = this.nowMs() - ageS * 1000;
    return this;
  }

  /** Number of the newest whole segment; -1 when there is none. */
  get edge(): number {
    if (this.startedMs === null) return -1;
    const whole = Math.floor((this.nowMs() - this.startedMs) / (this.segmentS * 1000)) - 1;
    return Math.min(whole, this.frozenAt - 1);
  }

  masterPlaylist(playlistUrl: (rung: FakeRung) => string): string {
    const serverTime = (this.nowMs() / 1000).toFixed(2);
    const v1 = [`#EXT-X-TWITCH-INFO:NODE="fake",BROADCAST-ID="${this.broadcastId}",SERVER-TIME="${serverTime}"`];
    const v2 = [
      `#EXT-X-SESSION-DATA:DATA-ID="BROADCAST-ID",VALUE="${this.broadcastId}"`,
      `#EXT-X-SESSION-DATA:DATA-ID="SERVER-TIME",VALUE="${serverTime}"`,
    ];
    const rungs = this.rungs.flatMap((each) => [...this.#rungLines(each), playlistUrl(each)]);
    return ['#EXTM3U', ...(this.layout === 'v1' ? v1 : v2), ...rungs, ''].join('\n');
  }

  mediaPlaylist(segmentUrl: (n: number) => string): string {
    const first = Math.max(0, this.edge - this.windowSize + 1);
    const numbers = Array.from({ length: this.edge - first + 1 }, (_, index) => first + index);
    const segments = numbers.map((n) => this.#segment(n, segmentUrl(n)));
    const head = [
      '#EXTM3U',
      '#EXT-X-VERSION:3',
      `#EXT-X-TARGETDURATION:${this.targetDurationS}`,
      `#EXT-X-MEDIA-SEQUENCE:${first + this.sequenceOffset}`,
      `#EXT-X-DATERANGE:ID="playlist-creation",CLASS="timestamp",START-DATE="${iso(this.nowMs())}",X-SERVER-TIME="${(this.nowMs() / 1000).toFixed(2)}"`,
      `#EXT-X-DATERANGE:ID="source",CLASS="twitch-stream-source",START-DATE="${iso(this.nowMs())}",X-TV-TWITCH-STREAM-SOURCE="live"`,
      ...this.head,
      ...(this.hasAdRanges ? this.#adRanges(first) : []),
    ];
    const lines = segments.flatMap((segment) => [
      ...segment.before,
      ...(segment.time === null ? [] : [`#EXT-X-PROGRAM-DATE-TIME:${segment.time}`]),
      `#EXTINF:${segment.durationText},${segment.title}`,
      segment.uri,
    ]);
    return this.editPlaylist([...head, ...lines, ...(this.isEnded ? ['#EXT-X-ENDLIST'] : []), ''].join('\n'));
  }

  #segment(n: number, uri: string): FakeSegment {
    const startsAtMs = (this.startedMs ?? 0) + n * this.segmentS * 1000;
    const isAd = this.isAd(n);
    const isEdge = isAd !== this.isAd(n - 1);
    const segment: FakeSegment = {
      n,
      startsAtMs,
      isAd,
      title: isAd ? 'Amazon|8237642' : 'live',
      durationText: this.segmentS.toFixed(3),
      time: iso(startsAtMs),
      uri,
      before: isEdge && n > 0 ? ['#EXT-X-DISCONTINUITY'] : [],
    };
    this.editSegment(segment);
    return segment;
  }

  isAd(n: number): boolean {
    return this.adBreaks.some(([first, last]) => n >= first && n <= last);
  }

  #adRanges(firstListed: number): string[] {
    return this.adBreaks
      .filter(([first, last]) => first <= this.edge && last >= firstListed - this.windowSize)
      .map(([first, last]) => {
        const startsAt = iso((this.startedMs ?? 0) + first * this.segmentS * 1000);
        const seconds = ((last - first + 1) * this.segmentS).toFixed(3);
        return `#EXT-X-DATERANGE:ID="stitched-ad-${first}",CLASS="twitch-stitched-ad",START-DATE="${startsAt}",DURATION=${seconds},X-TV-TWITCH-AD-ROLL-TYPE="${first === 0 ? 'PREROLL' : 'MIDROLL'}",X-TV-TWITCH-AD-POD-FILLED-DURATION="${seconds}"`;
      });
  }

  #rungLines(each: FakeRung): string[] {
    const size =
      each.height === null ? '' : `,RESOLUTION=${each.width}x${each.height},FRAME-RATE=${each.fps.toFixed(3)}`;
    const common = `#EXT-X-STREAM-INF:BANDWIDTH=${each.bitsPerSecond}${size},CODECS="${each.codecs}"`;
    const source = each.isSource ? 'source' : 'transcode';
    if (this.layout === 'v2') {
      return [`${common},IVS-NAME="${each.name}",STABLE-VARIANT-ID="${each.name}",IVS-VARIANT-SOURCE="${source}"`];
    }
    const name = each.isSource ? `${each.name} (source)` : each.name;
    return [
      `#EXT-X-MEDIA:TYPE=VIDEO,GROUP-ID="${each.group}",NAME="${name}",AUTOSELECT=YES`,
      `${common},VIDEO="${each.group}"`,
    ];
  }
}
