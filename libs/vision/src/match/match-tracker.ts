import type { Callout, FrameInfo, GamePhase, PlayerInfo, Tactical, VisionResult } from '@jiga/contracts';
import type { FrameReadings } from '../types.js';
import { BannerTracker } from './banner-tracker.js';
import { CalloutDesk } from './callout-desk.js';
import { EventLog } from './event-log.js';
import { FeedTracker, type FeedLine } from './feed-tracker.js';
import { round } from './field-value.js';
import { HudReader, scoreKey } from './hud-reader.js';
import { LifeTracker, type LifeEvent } from './life-tracker.js';
import { LowHealthWatch } from './low-health-watch.js';
import { MatchFacts } from './match-facts.js';
import { overall } from './match-summary.js';
import { tuned, type MatchTuning } from './match-tuning.js';
import { MessageReader } from './messages.js';
import { PhraseMatcher } from './phrase-matcher.js';
import { RegionBoard } from './region-board.js';
import { Roster } from './roster.js';
import type { MatchRules } from './rules.js';
import { Story } from './story.js';
import { assess } from './tactics.js';
import { ViewedPlayer } from './viewed-player.js';

/** The part of a vision result that comes from following the match. */
export type MatchSnapshot = Pick<
  VisionResult,
  'game' | 'game_mode' | 'map' | 'teams' | 'hud' | 'events' | 'tactical' | 'callouts' | 'team_messages' | 'confidence'
>;

const MAX_WAITING = 50;
/** The game counts as recognised from this confidence on, and for this long after its last sight. */
const MIN_GAME_CONFIDENCE = 0.5;
const GAME_MEMORY_S = 8;
/** Frames further apart than this, or further back, do not continue the same play. */
const MAX_GAP_S = 30;
const NO_TACTICS: Tactical = { threat_level: null, situation: null, recommendations: [] };

/**
 * Follows one match through what recognition reads off its frames: believes values, understands messages, and tells
 * each event once. Not a class for several streams: one tracker follows one view of one game.
 */
export class MatchTracker {
  private readonly board = new RegionBoard();
  private readonly hud: HudReader;
  private readonly roster: Roster;
  private readonly viewed: ViewedPlayer;
  private readonly reader: MessageReader;
  private readonly feed: FeedTracker;
  private readonly banners: BannerTracker;
  private readonly log = new EventLog();
  private readonly story: Story;
  private readonly life: LifeTracker;
  private readonly lowHealth: LowHealthWatch;
  private readonly desk: CalloutDesk;
  private readonly facts: MatchFacts;
  private callouts: Callout[] = [];
  private teamMessages: string[] = [];
  private lastUpdate: number | null = null;
  private game: { confidence: number; seenAt: number } | null = null;

  constructor(private readonly rules: MatchRules) {
    this.hud = new HudReader(rules.fields);
    this.roster = new Roster(rules.names);
    this.viewed = new ViewedPlayer(this.roster);
    this.reader = new MessageReader(new PhraseMatcher(rules.phrases), this.roster, rules.names);
    this.feed = new FeedTracker(rules.feed, (a, b) => this.reader.alike('feed', a, b));
    this.banners = new BannerTracker(rules.banners, this.reader);
    this.story = new Story(rules, this.roster, this.viewed, this.log);
    this.life = new LifeTracker(rules.life.respawnS);
    this.lowHealth = new LowHealthWatch(rules.lowHealth.at, rules.lowHealth.rearmAt);
    this.desk = new CalloutDesk(rules.callouts, rules.calloutLimits);
    this.facts = new MatchFacts(rules, this.hud, this.life, this.viewed, this.story);
  }

  /** Follows the same match by somewhat other rules. */
  retune(tuning: MatchTuning): void {
    const { lowHealth, callouts, calloutLimits } = tuned(this.rules, tuning);
    this.lowHealth.retune(lowHealth.at, lowHealth.rearmAt);
    this.desk.retune(callouts, calloutLimits);
  }

  /**
   * Takes in what was read off one frame. Frames come in capture order; one that is older than the last is passed
   * over, since what it shows is known already.
   */
  update(readings: FrameReadings, frame: Pick<FrameInfo, 'timestamp'>): void {
    const now = frame.timestamp;
    if (this.lastUpdate !== null && !this.continues(now, this.lastUpdate)) return;
    this.lastUpdate = now;
    if (!this.isOurGame(readings, now)) return;
    this.board.update(readings);
    const nameRegion = this.rules.life.followRegion;
    if (this.viewed.observe(this.board.sight(nameRegion), now)) this.viewChanged();
    this.hud.observe(this.board, now);
    if (this.hud.clockSetBack()) this.story.newMatch();
    this.readBanners(now);
    this.readFeed(now);
    this.readColors();
    this.followLife(now);
    this.followScores();
    this.callouts.push(...this.desk.consider(this.log.takeFresh(), (event) => this.facts.about(event, now), now));
    if (this.callouts.length > MAX_WAITING) this.callouts.splice(0, this.callouts.length - MAX_WAITING);
  }

  /** The match at `timestamp` (Unix seconds, not before the last update), and the events since the last snapshot. */
  snapshot(timestamp: number): MatchSnapshot {
    const game = this.currentGame(timestamp);
    const hud = game === null ? {} : this.hud.hud(timestamp);
    const mode = game === null ? null : this.story.mode.belief();
    return {
      game,
      game_mode: mode === null ? null : { name: mode.name, confidence: mode.confidence, evidence: mode.evidence },
      map: null,
      teams: game === null ? null : this.teams(),
      hud,
      events: this.log.drain(),
      tactical: game === null ? NO_TACTICS : assess(this.rules.tactics, this.facts.about(null, timestamp)),
      callouts: this.takeCallouts(timestamp),
      team_messages: this.teamMessages.splice(0),
      confidence: overall(game?.confidence ?? null, hud),
    };
  }

  private continues(now: number, last: number): boolean {
    if (now > last && now - last <= MAX_GAP_S) return true;
    if (now <= last && last - now <= MAX_GAP_S) return false;
    this.startOver();
    return true;
  }

  private startOver(): void {
    this.board.clear();
    this.hud.reset();
    this.feed.clear();
    this.banners.clear();
    this.life.reset();
    this.lowHealth.rearm();
    this.story.newMatch();
  }

  private isOurGame(readings: FrameReadings, now: number): boolean {
    const ours = readings.profileId === this.rules.profileId && readings.profileConfidence >= MIN_GAME_CONFIDENCE;
    if (ours) this.game = { confidence: readings.profileConfidence, seenAt: now };
    return ours;
  }

  private viewChanged(): void {
    this.life.reset();
    this.lowHealth.rearm();
    this.hud.resetPersonal();
    this.story.viewChanged();
  }

  private readBanners(now: number): void {
    for (const message of this.banners.update((region) => this.board.sight(region), now)) {
      const { firstSeen } = message;
      this.story.tell(message, { at: firstSeen, since: firstSeen, isTwin: false, source: 'banner' });
    }
  }

  private readFeed(now: number): void {
    const lines = this.feed.update((region) => this.board.sight(region), now);
    for (const line of lines) this.readLine(line, lines, now);
    for (const line of this.feed.takeExpired(now)) this.readLine(line, [], now);
  }

  /**
   * A line is told once, as soon as its readings are good enough; chat never becomes an event. `standing` are the
   * lines that may be on the screen, none once this one has gone.
   */
  private readLine(line: FeedLine, standing: readonly FeedLine[], now: number): void {
    if (line.done) return;
    const chat = line.readings.map((reading) => this.reader.chat(reading.text)).find((found) => found !== null);
    if (chat !== undefined && chat !== null) {
      line.done = true;
      if (chat.team) this.teamMessages.push(`${chat.speaker}: ${chat.text}`);
      if (this.teamMessages.length > MAX_WAITING) this.teamMessages.shift();
      return;
    }
    const held = line.sights > line.readings.length;
    const over = standing.length === 0;
    const message = this.reader.read('feed', line.readings, over || held, now - line.firstSeen);
    if (message === null) return;
    line.done = true;
    line.told = JSON.stringify([message.says, message.detail]);
    const isTwin = standing.some((other) => other !== line && other.lastSeen === now && other.told === line.told);
    const since = Math.max(line.bornAfter, line.firstSeen - this.rules.feed.lifetimeS);
    this.story.tell(message, { at: line.firstSeen, since, isTwin, source: 'feed' });
  }

  private readColors(): void {
    const { mode, teams } = this.story;
    for (const region of this.rules.teams.modeColorRegions) {
      const sight = this.board.sight(region);
      if (sight?.fresh === true) mode.noteColor(region, sight.reading.color);
    }
    for (const region of this.rules.teams.playerColorRegions) {
      const sight = this.board.sight(region);
      if (sight?.fresh === true) teams.noteColor(sight.reading.color);
    }
    this.story.noteViewedTeam();
  }

  private followLife(now: number): void {
    const { life } = this.rules;
    const vital = this.hud.field(life.vitalField);
    const showing = this.banners.showing(now).map((message) => message.says);
    const killed = this.story.takeKills(now);
    const events = this.life.update({
      now,
      vital: vital?.state ?? 'unknown',
      vitalValue: vital?.value() ?? null,
      vitalConfidence: vital?.belief?.confidence ?? 0,
      steady: this.board.sight(this.hud.field(life.steadyField)?.rule.region ?? '')?.reading.outcome === 'read',
      goneTogether: this.hud.isGone(vital?.rule.group),
      deadWord: showing.some((says) => life.deadWords.includes(says)),
      wordPhase: showing.map((says) => life.phases[says]).find((phase) => phase !== undefined) ?? null,
      killed,
    });
    for (const event of events) this.tellLife(event);
    const health = this.hud.number(this.rules.lowHealth.field);
    const low =
      health === null || this.board.sight(health.rule.region) === null ? null : this.lowHealth.observe(health);
    if (low === null) return;
    const evidence = { text: low.text, region: health?.rule.region ?? null, box: low.box };
    this.log.add('low_health', low.since, low.confidence, { health: low.value }, evidence);
  }

  private tellLife(event: LifeEvent): void {
    if (event.type === 'phase') {
      this.log.add('phase_changed', event.at, 0.9, { from: event.from, to: event.to }, { source: 'hud' });
      return;
    }
    this.lowHealth.rearm();
    if (event.type === 'spawn') {
      this.log.add('spawn', event.at, event.confidence, { player: this.viewed.name }, { source: 'hud' });
      return;
    }
    this.story.noteDeath(event.at);
    const { kill } = event;
    const detail = { player: this.viewed.name, killer: kill?.killer ?? null, weapon: kill?.weapon ?? null };
    this.log.add('death', event.at, event.confidence, detail, {
      source: kill?.source ?? 'hud',
      text: kill?.text ?? null,
    });
  }

  private followScores(): void {
    const teams = this.story.mode.hasTeams() === true;
    for (const { rule, from, to } of this.hud.takeScoreChanges()) {
      const key = scoreKey(rule, teams);
      const scores = Object.entries(this.hud.scores(teams) ?? {}).map(
        ([side, score]) => [`score_${side}`, score] as const,
      );
      const detail = { side: key, from, to: to.value, ...Object.fromEntries(scores) };
      this.log.add('score_changed', to.since, to.confidence, detail, {
        text: to.text,
        region: rule.region,
        box: to.box,
      });
    }
  }

  private currentGame(now: number): MatchSnapshot['game'] {
    if (this.game === null || now - this.game.seenAt > GAME_MEMORY_S) return null;
    const phase: GamePhase = this.life.phase;
    return { id: this.rules.profileId, name: this.rules.gameName, confidence: round(this.game.confidence), phase };
  }

  private teams(): MatchSnapshot['teams'] {
    const players: PlayerInfo[] = this.roster.list().map(({ name, confidence }) => ({
      name,
      team: this.story.teamOf(name),
      score: null,
      confidence: round(confidence),
    }));
    const scores = this.hud.scores(this.story.mode.hasTeams() === true);
    if (scores === null && players.length === 0) return null;
    return { player_team: this.story.playerTeam(), scores, players };
  }

  private takeCallouts(now: number): Callout[] {
    const waiting = this.callouts.filter((callout) => callout.expires_at >= now);
    this.callouts = [];
    return waiting;
  }
}
