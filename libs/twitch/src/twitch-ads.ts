import type { AdRules, DateRange, SegmentFacts } from '@jiga/streams';

const isStitchedAd = ({ className, id }: DateRange): boolean =>
  className === 'twitch-stitched-ad' || id.startsWith('stitched-ad-');

/**
 * How Twitch marks the advertisements that it puts into a stream. A range of them may be announced before it begins and
 * stays listed after it has ended, so it counts only for the segments that it covers; titles tell the rest. What is
 * laid over the picture (`twitch-maf-ad`) leaves the content visible and is none.
 */
export const TWITCH_ADS: AdRules = {
  isAd(segment: SegmentFacts, ranges: readonly DateRange[]): boolean {
    const ads = ranges.filter(isStitchedAd);
    if (/amazon/i.test(segment.title)) return true;
    if (ads.some((range) => coversMost(range, segment))) return true;
    return ads.length > 0 && segment.title !== '' && segment.title !== 'live';
  },

  describe(ranges: readonly DateRange[]) {
    const newest = ranges.findLast(isStitchedAd)?.attributes;
    const seconds = Number(newest?.get('X-TV-TWITCH-AD-POD-FILLED-DURATION') ?? newest?.get('DURATION'));
    return {
      roll: newest?.get('X-TV-TWITCH-AD-ROLL-TYPE')?.toLowerCase() ?? null,
      durationS: Number.isFinite(seconds) ? seconds : null,
    };
  },
};

function coversMost({ startsAt, endsAt }: DateRange, segment: SegmentFacts): boolean {
  if (segment.startsAt === null || startsAt === null) return false;
  const from = Math.max(startsAt, segment.startsAt);
  const to = Math.min(endsAt ?? Infinity, segment.startsAt + segment.durationS);
  return to - from > segment.durationS / 2;
}
