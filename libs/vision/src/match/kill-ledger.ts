import type { Box } from '@jiga/contracts';

/** One kill as a source tells it. Names and weapon are null where the source does not say. */
export interface KillClaim {
  readonly killer: string | null;
  readonly victim: string | null;
  readonly weapon: string | null;
  /** The banner speaks to the killer (`You …`). */
  readonly byViewed: boolean;
  /** The banner speaks to the victim. */
  readonly ofViewed: boolean;
  /** Nobody did it: a fall, lava, an own rocket. */
  readonly byWorld: boolean;
  readonly teamKill: boolean;
  /** When it was first seen, and the earliest moment at which it may have happened: the last look that did not show it. */
  readonly at: number;
  readonly since: number;
  /** Another line that says the same stands beside this one: they are two kills. */
  readonly isTwin: boolean;
  readonly confidence: number;
  readonly source: 'feed' | 'banner';
  readonly text: string;
  readonly box: Box;
  readonly region: string;
}

interface Entry {
  claim: KillClaim;
  readonly dueAt: number;
  told: boolean;
  /** When a banner first told of it; null while only the feed did. */
  bannerAt: number | null;
  /** What each source said first. */
  readonly heard: Map<KillClaim['source'], KillClaim>;
}

const KEEP_S = 8;

/** Brings together what feed and banners say about one kill, so that it is told once. */
export class KillLedger {
  private entries: Entry[] = [];

  constructor(
    /** Shortest time between two deaths of one player, seconds. */
    private readonly respawnS: number,
    private readonly bannerHoldS: number,
    /** How long one banner is shown, seconds: the same words within this time are the same kill. */
    private readonly bannerLifetimeS: number,
    /** How long a line of the feed is shown, seconds. */
    private readonly feedLifetimeS: number,
    /** Whether two readings may be one name. */
    private readonly sameName: (a: string, b: string) => boolean,
  ) {}

  /** Returns the claim of the other source when this one completes it, which tells who the viewed player is. */
  add(claim: KillClaim): KillClaim | null {
    const same = this.entries.find((entry) => this.isRepeated(entry, claim) || this.isKnown(entry, claim));
    if (same === undefined) {
      const dueAt = claim.at + (claim.source === 'feed' ? 0 : this.holdS(claim));
      const bannerAt = claim.source === 'banner' ? claim.at : null;
      this.entries.push({ claim, dueAt, told: false, bannerAt, heard: new Map([[claim.source, claim]]) });
      return null;
    }
    const other = same.claim;
    const isNews = !same.heard.has(claim.source);
    if (isNews) same.heard.set(claim.source, claim);
    if (claim.source === 'banner') same.bannerAt ??= claim.at;
    if (!same.told && isNews) same.claim = merge(other, claim);
    return isNews ? other : null;
  }

  /** Kills to be told now, each once. A kill known from a banner alone waits for its feed line. */
  takeDue(now: number): { claim: KillClaim; sources: readonly string[] }[] {
    this.entries = this.entries.filter((entry) => now - entry.claim.at <= KEEP_S);
    const due = this.entries.filter((entry) => !entry.told && (entry.heard.has('feed') || now >= entry.dueAt));
    for (const entry of due) entry.told = true;
    return due.map(({ claim, heard }) => ({ claim, sources: [...heard.keys()] }));
  }

  clear(): void {
    this.entries = [];
  }

  /** A banner that leaves the killer open is worth a longer wait for the line that names him. */
  private holdS({ killer }: KillClaim): number {
    return killer === null ? 2 * this.bannerHoldS : this.bannerHoldS;
  }

  /** A banner that blinked out and came back. */
  private isRepeated({ claim, bannerAt }: Entry, banner: KillClaim): boolean {
    if (banner.source !== 'banner' || bannerAt === null || banner.at - bannerAt > this.bannerLifetimeS) return false;
    return banner.victim !== null && claim.victim !== null && this.sameName(banner.victim, claim.victim);
  }

  /** One source tells one death twice: nobody dies again so soon, and a line lost from sight may be taken for a new one. */
  private isSameAgain(a: KillClaim, b: KillClaim): boolean {
    if (a.victim === null || b.victim === null || !this.sameName(a.victim, b.victim)) return false;
    const apart = Math.abs(a.at - b.at);
    if (apart < this.respawnS) return true;
    const sameStory = a.weapon === b.weapon && a.killer !== null && a.killer === b.killer;
    return a.source === 'feed' && sameStory && !b.isTwin && apart <= this.feedLifetimeS;
  }

  private isKnown({ heard }: Entry, claim: KillClaim): boolean {
    return [...heard.values()].some((known) => this.isSame(known, claim)) || this.isLateLine(heard, claim);
  }

  /** The line of a kill that its killer's banner has told, read only now: a kill more would have a banner of its own. */
  private isLateLine(heard: Entry['heard'], line: KillClaim): boolean {
    const banner = heard.get('banner');
    if (line.source !== 'feed' || !banner?.byViewed || heard.has('feed')) return false;
    const after = line.at - banner.at;
    return after >= 0 && after < this.feedLifetimeS && this.isOneKill(line, banner);
  }

  private isSame(a: KillClaim, b: KillClaim): boolean {
    if (a.source === b.source) return this.isSameAgain(a, b);
    // A line that was passed over in a hurry may be read long after its banner.
    if (Math.max(a.since - b.at, b.since - a.at) > this.respawnS) return false;
    return a.source === 'feed' ? this.isOneKill(a, b) : this.isOneKill(b, a);
  }

  private isOneKill(feed: KillClaim, banner: KillClaim): boolean {
    if (feed.killer === null || feed.killer === feed.victim) return false;
    const sameVictim = banner.victim === null || feed.victim === null || this.sameName(banner.victim, feed.victim);
    const sameKiller = banner.killer === null || this.sameName(banner.killer, feed.killer);
    return sameVictim && (banner.byViewed || sameKiller);
  }
}

function merge(a: KillClaim, b: KillClaim): KillClaim {
  const [feed, banner] = a.source === 'feed' ? [a, b] : [b, a];
  return {
    ...feed,
    // Banners are drawn larger than the feed: what they name is read better.
    killer: banner.killer ?? feed.killer,
    victim: banner.victim ?? feed.victim,
    at: Math.min(a.at, b.at),
    byViewed: a.byViewed || b.byViewed,
    ofViewed: a.ofViewed || b.ofViewed,
    confidence: Math.max(feed.confidence, 1 - (1 - feed.confidence) * (1 - banner.confidence)),
  };
}
