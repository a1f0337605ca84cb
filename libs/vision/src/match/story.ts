import type { GameEventType } from '@jiga/contracts';
import { EventLog, type EventDetail } from './event-log.js';
import { KillLedger, type KillClaim } from './kill-ledger.js';
import type { Message } from './messages.js';
import { ModeTracker } from './mode-tracker.js';
import { Roster } from './roster.js';
import type { MatchRules } from './rules.js';
import { TeamBook } from './team-book.js';
import { ViewedPlayer } from './viewed-player.js';

/** What a flag message makes of the flag. */
const FLAG_STATES: Readonly<Record<string, string>> = {
  flag_taken: 'taken',
  flag_captured: 'home',
  flag_returned: 'home',
};
const RECENT_S = 60;
const SAME_NAME = 0.6;
/** So many kills between the same two players make a duel. */
const DUEL_FIGHTS = 3;

/** How a message came to be seen; the times are capture times in Unix seconds. */
export type Sighting = Pick<KillClaim, 'at' | 'since' | 'isTwin' | 'source'>;

/** What happens in the match, as its messages tell it. */
export class Story {
  readonly ledger: KillLedger;
  readonly teams: TeamBook;
  readonly mode: ModeTracker;
  /** `home` or `taken` by the flag's colour, once a message spoke of it. */
  readonly flags = new Map<string, string>();
  place: { readonly place: number; readonly score: number } | null = null;
  /** Kills by the viewed player since his last death. */
  streak = 0;
  private deaths: number[] = [];
  private readonly fighters = new Set<string>();
  private fights = 0;

  constructor(
    private readonly rules: MatchRules,
    private readonly roster: Roster,
    private readonly viewed: ViewedPlayer,
    private readonly log: EventLog,
  ) {
    this.ledger = new KillLedger(
      rules.life.respawnS,
      rules.kills.bannerHoldS,
      rules.kills.bannerLifetimeS,
      rules.feed.lifetimeS,
      (a, b) => Roster.alike(a, b) >= SAME_NAME,
    );
    this.teams = new TeamBook(rules.teams.names);
    this.mode = new ModeTracker(rules.modes);
  }

  /** Takes in a message. */
  tell(message: Message, sighting: Sighting): void {
    const { at } = sighting;
    this.mode.noteMessage(message.says);
    for (const name of message.rawNames)
      this.roster.learn(name, message.clean ? message.confidence : message.confidence / 2, message.clean);
    switch (message.says) {
      case 'kill':
      case 'you_fragged':
      case 'fragged_by':
        this.claim(message, sighting);
        return;
      case 'joined_team':
        this.teams.vote(message.detail['player'] ?? null, message.detail['team'] ?? null, 3);
        return;
      case 'place':
        this.place = { place: Number(message.detail['place']), score: Number(message.detail['score']) };
        return;
      default:
        if (isEventType(message.says, this.rules.profileId)) this.report(message, at);
    }
  }

  /** Gives out the kills that are due; returns the one that hit the viewed player, if any. */
  takeKills(now: number): KillClaim | null {
    let ofViewed: KillClaim | null = null;
    for (const { claim, sources } of this.ledger.takeDue(now)) {
      const kill = this.identify(claim);
      const byPlayer = kill.byViewed && kill.killer !== kill.victim;
      if (byPlayer) this.streak++;
      if (kill.ofViewed) ofViewed = kill;
      this.noteFight(kill);
      this.log.add('kill', kill.at, kill.confidence, this.killDetail(kill), {
        text: kill.text,
        region: kill.region,
        box: kill.box,
        sources: sources.join('+'),
      });
    }
    return ofViewed;
  }

  /** Who fights whom tells teams apart, and a duel from a free-for-all. */
  private noteFight({ killer, victim, teamKill, byWorld }: KillClaim): void {
    if (byWorld || teamKill || killer === null || victim === null || killer === victim) return;
    this.teams.noteFight(killer, victim);
    this.fighters.add(killer).add(victim);
    this.fights++;
    if (this.fighters.size > 2) this.mode.replaceSign('two_fighters', 'many_fighters');
    else if (this.fights >= DUEL_FIGHTS) this.mode.noteMessage('two_fighters');
  }

  noteDeath(at: number): void {
    this.streak = 0;
    this.deaths.push(at);
  }

  deathsLately(now: number): number {
    this.deaths = this.deaths.filter((at) => now - at <= RECENT_S);
    return this.deaths.length;
  }

  /** Team of the viewed player; null in modes without teams or while unknown. */
  playerTeam(): string | null {
    if (this.mode.hasTeams() !== true) return null;
    return this.teams.byColor() ?? this.teams.teamOf(this.viewed.name);
  }

  teamOf(player: string | null): string | null {
    if (player === null || this.mode.hasTeams() !== true) return null;
    return player === this.viewed.name ? this.playerTeam() : this.teams.teamOf(player);
  }

  /** The viewed player's team, as the HUD's colour shows it, is knowledge about him beyond this view. */
  noteViewedTeam(): void {
    const team = this.mode.hasTeams() === true ? this.teams.byColor() : null;
    if (team !== null && this.viewed.name !== null && this.teams.teamOf(this.viewed.name) !== team) {
      this.teams.vote(this.viewed.name, team, 3);
    }
  }

  viewChanged(): void {
    this.streak = 0;
    this.place = null;
    this.deaths = [];
    this.teams.forgetColor();
  }

  newMatch(): void {
    this.flags.clear();
    this.ledger.clear();
    this.fighters.clear();
    this.fights = 0;
    this.viewChanged();
  }

  private claim(message: Message, { at, since, isTwin, source }: Sighting): void {
    const { detail } = message;
    const victim = detail['victim'] ?? null;
    const claim: KillClaim = {
      killer: detail['killer'] ?? (detail['self'] === undefined ? null : victim),
      victim,
      weapon: detail['weapon'] ?? null,
      byViewed: message.says === 'you_fragged',
      ofViewed: message.says === 'fragged_by',
      byWorld: message.says === 'kill' && detail['killer'] === undefined,
      teamKill: detail['team_kill'] !== undefined,
      at,
      since,
      isTwin,
      confidence: message.confidence,
      source,
      text: message.text,
      box: message.box,
      region: message.region,
    };
    const other = this.ledger.add(this.complete(claim));
    if (other !== null) this.learnSelf(claim, other);
  }

  /** Puts the viewed player's name where a banner in the second person means him. */
  private complete(claim: KillClaim): KillClaim {
    const { name } = this.viewed;
    if (claim.byViewed) return { ...claim, killer: name };
    return claim.ofViewed ? { ...claim, victim: name } : claim;
  }

  private learnSelf(a: KillClaim, b: KillClaim): void {
    const [feed, banner] = a.source === 'feed' ? [a, b] : [b, a];
    const self = banner.byViewed ? feed.killer : feed.victim;
    if (self !== null && !this.viewed.following) this.viewed.voteSelf(self);
  }

  private identify(claim: KillClaim): KillClaim {
    const { name } = this.viewed;
    return {
      ...claim,
      byViewed: claim.byViewed || (name !== null && claim.killer === name),
      ofViewed: claim.ofViewed || (name !== null && claim.victim === name),
    };
  }

  private killDetail(kill: KillClaim): EventDetail {
    return {
      killer: kill.killer,
      victim: kill.victim,
      weapon: kill.weapon,
      killer_team: this.teamOf(kill.killer),
      victim_team: this.teamOf(kill.victim),
      by_player: kill.byViewed,
      of_player: kill.ofViewed,
    };
  }

  private report(message: Message, at: number): void {
    const detail: Record<string, string | boolean | null> = { ...message.detail };
    const flag = message.detail['flag'];
    const player = message.detail['player'] ?? null;
    if (flag !== undefined && this.teams.isTeam(flag)) {
      const state = FLAG_STATES[message.says];
      if (state !== undefined) this.flags.set(flag, state);
      const side = message.playerFlag === 'enemy' ? this.teams.other(flag) : flag;
      if (message.playerFlag !== null) this.teams.vote(player, side, 2);
    }
    if (player !== null) {
      detail['player_team'] = this.teamOf(player);
      detail['by_player'] = player === this.viewed.name;
    }
    const evidence = { text: message.text, region: message.region, box: message.box };
    this.log.add(message.says as GameEventType, at, message.confidence, detail, evidence);
  }
}

const REPORTED: ReadonlySet<string> = new Set([
  'flag_taken',
  'flag_captured',
  'flag_returned',
  'match_started',
  'match_ended',
  'round_started',
  'round_ended',
  'item_picked_up',
]);

function isEventType(says: string, profileId: string): boolean {
  return REPORTED.has(says) || says.startsWith(`${profileId}.`);
}
