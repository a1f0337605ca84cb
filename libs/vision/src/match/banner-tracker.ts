import type { LineReading } from './feed-tracker.js';
import type { Message, MessageReader } from './messages.js';
import type { Sight } from './region-board.js';
import { shownText } from './region-board.js';
import type { BannerRule } from './rules.js';
import { fold } from './text-fold.js';

export interface BannerMessage extends Message {
  /** Capture time of the frame that first showed it. */
  readonly firstSeen: number;
}

interface Episode {
  readonly firstSeen: number;
  lastSeen: number;
  /** The region was looked at since, and showed something else or nothing. */
  missed: boolean;
  readonly readings: LineReading[];
  message: BannerMessage | null;
}

const MIN_ALIKE = 0.6;
/** A banner that blinks out for no longer than this is still the same one. */
const BLINK_S = 0.8;
/** The game's and our idea of when a banner goes may differ by this much. */
const SLACK_S = 0.4;
const MIN_PART = 4;
const MAX_READINGS = 6;

/** Reads the regions that show one text at a time. A banner is told once, when it is first understood. */
export class BannerTracker {
  private readonly episodes = new Map<string, Episode>();

  constructor(
    private readonly rules: readonly BannerRule[],
    private readonly reader: MessageReader,
  ) {}

  /** Banners that this update made out for the first time. */
  update(sightOf: (region: string) => Sight | null, now: number): BannerMessage[] {
    const appeared: BannerMessage[] = [];
    for (const rule of this.rules) {
      for (const region of rule.regions) {
        const message = this.look(rule, region, sightOf(region), now);
        if (message !== null) appeared.push(message);
      }
    }
    return appeared;
  }

  /** Banners that are on the screen now. */
  showing(now: number): BannerMessage[] {
    return [...this.episodes.values()]
      .filter((episode) => now - episode.lastSeen <= 0 && episode.message !== null)
      .map((episode) => episode.message as BannerMessage);
  }

  clear(): void {
    this.episodes.clear();
  }

  private look(rule: BannerRule, region: string, sight: Sight | null, now: number): BannerMessage | null {
    const shown = shownText(sight);
    if (sight === null) return null;
    if (shown === null) {
      const current = this.episodes.get(region);
      if (current !== undefined && sight.reading.outcome === 'empty') current.missed = true;
      return null;
    }
    const reading = { ...shown, region };
    const episode = this.episodeFor(rule, region, reading, now);
    episode.lastSeen = now;
    episode.missed = false;
    if (sight.fresh) {
      episode.readings.push(reading);
      if (episode.readings.length > MAX_READINGS) episode.readings.shift();
    }
    if (episode.message !== null) return null;
    const message = this.reader.read(rule.set, episode.readings, !sight.fresh, now - episode.firstSeen);
    if (message === null) return null;
    episode.message = { ...message, firstSeen: episode.firstSeen };
    return episode.message;
  }

  private episodeFor(rule: BannerRule, region: string, reading: LineReading, now: number): Episode {
    const current = this.episodes.get(region);
    if (current !== undefined && this.mayContinue(current, rule, now)) {
      const last = current.readings.at(-1)?.text ?? '';
      if (isPart(last, reading.text) || this.reader.alike(rule.set, last, reading.text) >= MIN_ALIKE) return current;
    }
    const started: Episode = { firstSeen: now, lastSeen: now, missed: false, readings: [], message: null };
    this.episodes.set(region, started);
    return started;
  }

  private mayContinue(episode: Episode, rule: BannerRule, now: number): boolean {
    if (now - episode.lastSeen <= BLINK_S) return true;
    return !episode.missed && now - episode.firstSeen <= rule.lifetimeS + SLACK_S;
  }
}

/** Of a long text recognition sometimes finds only a part. */
function isPart(a: string, b: string): boolean {
  const [left, right] = [fold(a).chars, fold(b).chars];
  return Math.min(left.length, right.length) >= MIN_PART && (left.includes(right) || right.includes(left));
}
