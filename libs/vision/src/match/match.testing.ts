import type { FrameReadings, RegionReading } from '../types.js';
import { MatchTracker, type MatchSnapshot } from './match-tracker.js';
import { OPENARENA_RULES } from './openarena.rules.js';

/** What a made-up frame shows, by region: a text, a text with its confidence, or `null` for an empty place. */
export type Shown = Readonly<Record<string, string | readonly [text: string, confidence: number] | null>>;

const START = 1_000;
const BOX = [0, 0, 0.1, 0.05] as const;
const ALWAYS_READ = [
  ...OPENARENA_RULES.fields.map((field) => field.region),
  ...OPENARENA_RULES.feed.regions,
  ...OPENARENA_RULES.banners.flatMap((banner) => banner.regions),
  OPENARENA_RULES.life.followRegion,
];

export function reading(
  region: string,
  text: string | null,
  confidence = 0.98,
  color: string | null = null,
): RegionReading {
  return {
    region,
    outcome: text === null ? 'empty' : 'read',
    text,
    confidence: text === null ? 0 : confidence,
    box: BOX,
    color,
  };
}

/** A frame's readings in which every region of the rules was looked at; those not named in `shown` are empty. */
export function readings(seconds: number, shown: Shown, profileId: string | null = 'openarena'): FrameReadings {
  const regions = ALWAYS_READ.map((region) => {
    const value = shown[region] ?? null;
    return typeof value === 'string' || value === null ? reading(region, value) : reading(region, value[0], value[1]);
  });
  return {
    timestamp: START + seconds,
    profileId,
    profileConfidence: profileId === null ? 0 : 0.95,
    sceneCut: false,
    regions,
    unchanged: [],
  };
}

/** A tracker that is shown made-up frames. Times are seconds from the start of the play. */
export class Play {
  readonly tracker = new MatchTracker(OPENARENA_RULES);
  readonly events: MatchSnapshot['events'][number][] = [];
  readonly callouts: MatchSnapshot['callouts'][number][] = [];
  last: MatchSnapshot | null = null;

  show(seconds: number, shown: Shown): MatchSnapshot {
    return this.feed(readings(seconds, shown));
  }

  feed(frame: FrameReadings): MatchSnapshot {
    this.tracker.update(frame, frame);
    const snapshot = this.tracker.snapshot(frame.timestamp);
    this.events.push(...snapshot.events);
    this.callouts.push(...snapshot.callouts);
    this.last = snapshot;
    return snapshot;
  }

  /** Shows the same from `from` to `to`, every `step` seconds. */
  hold(from: number, to: number, shown: Shown | ((seconds: number) => Shown), step = 0.2): void {
    for (let t = from; t < to - 1e-6; t += step) this.show(t, typeof shown === 'function' ? shown(t) : shown);
  }

  of(type: string): MatchSnapshot['events'][number][] {
    return this.events.filter((event) => event.type === type);
  }
}

/** The lines of a feed as regions, oldest first. */
export function feedLines(...lines: (string | readonly [string, number])[]): Shown {
  return Object.fromEntries(lines.map((line, index) => [`feed_${index + 1}`, line]));
}

export const clock = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;
