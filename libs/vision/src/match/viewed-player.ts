import type { Sight } from './region-board.js';
import { shownText } from './region-board.js';
import { Roster } from './roster.js';

/** A known name counts at once when read this well, else when read twice; an unknown one takes longer. */
const SURE = 0.9;
const CLEAR = 0.75;
const SIGHTS_KNOWN = 2;
const SIGHTS_UNKNOWN = 4;
/** Banners and medals are drawn over the label for some seconds; only after this long without it is nobody followed any more. */
const GONE_AFTER_S = 15;
const GONE_SIGHTS = 8;
const SAME_NAME = 0.6;

/** Whose view the picture shows: the followed player where the game names him, else whoever the player turns out to be. */
export class ViewedPlayer {
  private followed: string | null = null;
  /** The player followed last, also while the label is out of sight: only another name is another view. */
  private lastFollowed: string | null = null;
  private seenAt = 0;
  private emptySights = 0;
  private candidate: { readonly name: string; readonly sights: number } | null = null;
  private readonly selfVotes = new Map<string, number>();

  constructor(private readonly roster: Roster) {}

  /** Name of the viewed player, or null while unknown. */
  get name(): string | null {
    return this.followed ?? this.self();
  }

  get following(): boolean {
    return this.followed !== null;
  }

  /** Takes in the place where the followed player is named. Returns true when the view went to another player. */
  observe(sight: Sight | null, now: number): boolean {
    const shown = shownText(sight);
    if (shown === null) {
      if (sight?.reading.outcome === 'empty') this.noteEmpty(now);
      return false;
    }
    this.emptySights = 0;
    const found = this.roster.resolve(shown.text);
    if (found === null) return false;
    if (this.followed !== null && Roster.alike(this.followed, shown.text) >= SAME_NAME) {
      this.seenAt = now;
      this.candidate = null;
      return false;
    }
    if (shown.confidence < CLEAR) return false;
    const again = this.candidate?.name === found.name ? this.candidate.sights : 0;
    this.candidate = { name: found.name, sights: again + 1 };
    const atOnce = this.followed === null && found.known && shown.confidence >= SURE;
    if (!atOnce && this.candidate.sights < (found.known ? SIGHTS_KNOWN : SIGHTS_UNKNOWN)) return false;
    return this.follow(shown.text, shown.confidence, now);
  }

  /** A banner in the second person and a feed line about the same kill say together who the player is. */
  voteSelf(name: string): void {
    this.selfVotes.set(name, (this.selfVotes.get(name) ?? 0) + 1);
  }

  private follow(text: string, confidence: number, now: number): boolean {
    this.followed = this.roster.learn(text, 2 * confidence);
    const changed = this.lastFollowed !== null && Roster.alike(this.lastFollowed, text) < SAME_NAME;
    this.lastFollowed = this.followed;
    this.candidate = null;
    this.seenAt = now;
    return changed;
  }

  private self(): string | null {
    let best: string | null = null;
    for (const [name, votes] of this.selfVotes) if (votes > (this.selfVotes.get(best ?? '') ?? 0)) best = name;
    return best;
  }

  private noteEmpty(now: number): void {
    this.emptySights++;
    if (this.emptySights >= GONE_SIGHTS && now - this.seenAt > GONE_AFTER_S) this.followed = null;
  }
}
