import type { GameEvent, HudValue, VisionResult } from '@jiga/contracts';

/** A value and how long ago it was seen, in seconds. */
export interface Seen<T> {
  readonly value: T;
  readonly ageS: number;
}

export interface Score {
  readonly scores: Readonly<Record<string, number>>;
  readonly playerTeam: string | null;
}

/** A value that nobody has seen for so long is no longer told. */
const FORGET_AFTER_S = 120;
const EVENTS_MAX = 50;
const PLAYERS_MAX = 64;

interface Sight<T> {
  readonly value: T;
  readonly seenAtMs: number;
}

/**
 * What is known of a session's match from all that vision has told: the last sight of every value, so that what was lost
 * a moment ago can still be answered with its age, and the last events. Times are the server's own (monotonic), since a
 * sender's time stamps may be anything.
 */
export class MatchMemory {
  readonly #fields = new Map<string, Sight<number | string | boolean>>();
  readonly #events: { readonly event: GameEvent; readonly atMs: number }[] = [];
  readonly #players = new Set<string>();
  #score: Sight<Score> | null = null;
  #result: Sight<VisionResult> | null = null;
  #kills = 0;
  #deaths = 0;

  /** The last result as it is; null before the first. */
  get result(): VisionResult | null {
    return this.#result?.value ?? null;
  }

  get gameId(): string | null {
    return this.result?.game?.id ?? null;
  }

  /** Names seen in this match, as the game writes them. */
  get players(): readonly string[] {
    return [...this.#players];
  }

  /** What was seen of the player's own kills and deaths since the match began. */
  get tally(): { readonly kills: number; readonly deaths: number } {
    return { kills: this.#kills, deaths: this.#deaths };
  }

  observe(result: VisionResult, nowMs: number): void {
    const game = result.game?.id;
    if (game !== undefined && this.gameId !== null && game !== this.gameId) this.#forget();
    this.#result = { value: result, seenAtMs: nowMs };
    for (const [name, field] of Object.entries(result.hud)) this.#see(name, field, nowMs);
    const scores = knownScores(result.teams?.scores);
    if (scores) this.#score = { value: { scores, playerTeam: result.teams?.player_team ?? null }, seenAtMs: nowMs };
    for (const { name } of result.teams?.players ?? []) this.#meet(name);
  }

  noteEvent(event: GameEvent, nowMs: number): void {
    if (event.type === 'match_started') this.#forget();
    this.#events.push({ event, atMs: nowMs });
    if (this.#events.length > EVENTS_MAX) this.#events.shift();
    const { killer, victim, by_player: byPlayer, of_player: ofPlayer } = event.detail;
    for (const name of [killer, victim]) if (typeof name === 'string') this.#meet(name);
    if (event.type !== 'kill') return;
    if (byPlayer === true && ofPlayer !== true) this.#kills++;
    if (ofPlayer === true) this.#deaths++;
  }

  /** The last sight of a HUD value; null when it was never seen or too long ago. */
  field(name: string, nowMs: number): Seen<number | string | boolean> | null {
    return seen(this.#fields.get(name) ?? null, nowMs);
  }

  number(name: string, nowMs: number): Seen<number> | null {
    const found = this.field(name, nowMs);
    return found && typeof found.value === 'number' ? { value: found.value, ageS: found.ageS } : null;
  }

  score(nowMs: number): Seen<Score> | null {
    return seen(this.#score, nowMs);
  }

  /** The newest event that `isWanted` takes. */
  lastEvent(isWanted: (event: GameEvent) => boolean, nowMs: number): Seen<GameEvent> | null {
    const found = this.#events.findLast(({ event }) => isWanted(event));
    return found ? { value: found.event, ageS: (nowMs - found.atMs) / 1000 } : null;
  }

  /** The newest events, oldest first. */
  events(count: number, nowMs: number): Seen<GameEvent>[] {
    return this.#events.slice(-count).map(({ event, atMs }) => ({ value: event, ageS: (nowMs - atMs) / 1000 }));
  }

  /** How long ago vision told anything; null = never. */
  silenceS(nowMs: number): number | null {
    return this.#result ? (nowMs - this.#result.seenAtMs) / 1000 : null;
  }

  #see(name: string, field: HudValue | null, nowMs: number): void {
    if (field?.value === null || field === null) return;
    this.#fields.set(name, { value: field.value, seenAtMs: nowMs - field.age_ms });
  }

  #meet(name: string): void {
    if (this.#players.size < PLAYERS_MAX) this.#players.add(name);
  }

  #forget(): void {
    this.#fields.clear();
    this.#events.length = 0;
    this.#players.clear();
    this.#score = null;
    this.#kills = 0;
    this.#deaths = 0;
  }
}

function seen<T>(sight: Sight<T> | null, nowMs: number): Seen<T> | null {
  if (!sight) return null;
  const ageS = Math.max(0, (nowMs - sight.seenAtMs) / 1000);
  return ageS > FORGET_AFTER_S ? null : { value: sight.value, ageS };
}

/** Scores of which every side is known; half a score says nothing. */
function knownScores(
  scores: Readonly<Record<string, number | null>> | null | undefined,
): Readonly<Record<string, number>> | null {
  const entries = Object.entries(scores ?? {}).filter((entry): entry is [string, number] => entry[1] !== null);
  return entries.length > 0 && entries.length === Object.keys(scores ?? {}).length ? Object.fromEntries(entries) : null;
}
