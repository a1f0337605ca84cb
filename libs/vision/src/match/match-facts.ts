import type { GameEvent } from '@jiga/contracts';
import type { Facts } from './conditions.js';
import type { HudReader } from './hud-reader.js';
import type { LifeTracker } from './life-tracker.js';
import { scoreText } from './match-summary.js';
import type { Fact, MatchRules } from './rules.js';
import type { Story } from './story.js';
import type { ViewedPlayer } from './viewed-player.js';

/** Tells what is believed of a match in the words of the rules for tactics and callouts. */
export class MatchFacts {
  constructor(
    private readonly rules: MatchRules,
    private readonly hud: HudReader,
    private readonly life: LifeTracker,
    private readonly viewed: ViewedPlayer,
    private readonly story: Story,
  ) {}

  /** What rules can refer to at `now` (Unix seconds): state by name, and an event's own details. */
  about(event: GameEvent | null, now: number): Facts {
    const facts: Record<string, Fact> = { phase: this.life.phase, player: this.viewed.name };
    for (const [name, field] of Object.entries(this.hud.hud(now))) facts[name] = field?.value ?? null;
    Object.assign(facts, this.standing(), this.flagFacts());
    facts['streak'] = this.story.streak;
    facts['deaths_lately'] = this.story.deathsLately(now);
    facts['place'] = this.story.place?.place ?? null;
    for (const [name, value] of Object.entries(event?.detail ?? {})) facts[name] = value;
    const { weapon, flag } = facts;
    facts['flag_is_own'] = flag === undefined || facts['player_team'] === null ? null : flag === facts['player_team'];
    facts['weapon_name'] = typeof weapon === 'string' ? (this.rules.kills.weaponNames[weapon] ?? weapon) : null;
    return facts;
  }

  private standing(): Record<string, Fact> {
    const team = this.story.playerTeam();
    const mode = this.story.mode.belief();
    const hasTeams = this.story.mode.hasTeams();
    const scores = this.hud.scores(hasTeams === true) ?? {};
    const [first, second] = this.rules.teams.names;
    const own = team === null ? null : (scores[team] ?? null);
    const theirs = team === null ? null : (scores[this.story.teams.other(team)] ?? null);
    const [a, b] = [scores[first] ?? null, scores[second] ?? null];
    return {
      mode: mode?.name ?? null,
      has_teams: hasTeams,
      player_team: team,
      own_score: own,
      enemy_score: theirs,
      lead: own === null || theirs === null ? null : own - theirs,
      score_text: a === null || b === null ? null : scoreText(a, b, first, second),
    };
  }

  private flagFacts(): Record<string, Fact> {
    const team = this.story.playerTeam();
    if (team === null) return { own_flag: null, enemy_flag: null };
    const { flags, teams } = this.story;
    return { own_flag: flags.get(team) ?? null, enemy_flag: flags.get(teams.other(team)) ?? null };
  }
}
