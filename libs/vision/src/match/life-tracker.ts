import type { GamePhase } from '@jiga/contracts';
import type { FieldState } from './field-value.js';
import type { KillClaim } from './kill-ledger.js';

export interface LifeSigns {
  readonly now: number;
  /** The field that is only drawn while the player lives; `value` null when it cannot be told. */
  readonly vital: FieldState;
  readonly vitalValue: number | null;
  readonly vitalConfidence: number;
  /** Whether the field that outlasts death is drawn in this very frame. */
  readonly steady: boolean;
  /** Other numbers left the screen at the same moment as the vital one. */
  readonly goneTogether: boolean;
  /** A banner that only the dead see is shown. */
  readonly deadWord: boolean;
  /** Phase that a shown banner stands for. */
  readonly wordPhase: GamePhase | null;
  readonly killed: KillClaim | null;
}

export type LifeEvent =
  | { readonly type: 'death'; readonly at: number; readonly confidence: number; readonly kill: KillClaim | null }
  | { readonly type: 'spawn'; readonly at: number; readonly confidence: number }
  | { readonly type: 'phase'; readonly at: number; readonly from: GamePhase; readonly to: GamePhase };

/** How long a death seen on the HUD waits for the feed to name the killer. */
const NAME_KILLER_S = 0.6;
const SURE = 0.9;
/** One number alone may be unreadable for a while; it takes this much to make a death of it. */
const ALONE_SIGHTS = 4;
const ALONE_S = 0.8;

interface Spell {
  readonly since: number;
  readonly sights: number;
}

/** Follows the viewed player's life and the phase of the game. A sign counts when seen twice, or when it is certain. */
export class LifeTracker {
  phase: GamePhase = 'unknown';
  private life: 'unknown' | 'alive' | 'dead' = 'unknown';
  private up: Spell | null = null;
  private down: Spell | null = null;
  private unnamedDeath: number | null = null;
  private diedAt = -Infinity;
  private downSinceDeath = false;

  constructor(private readonly respawnS: number) {}

  update(signs: LifeSigns): LifeEvent[] {
    const events: LifeEvent[] = [];
    this.countSigns(signs);
    if (signs.killed !== null) events.push(...this.killed(signs.killed));
    if (this.up !== null && this.life !== 'alive') events.push(...this.rise(signs, this.up));
    if (this.down !== null && this.life !== 'dead') this.fall(signs, this.down);
    if (this.unnamedDeath !== null && signs.now - this.unnamedDeath >= NAME_KILLER_S) events.push(...this.bury(null));
    events.push(...this.shiftPhase(signs));
    return events;
  }

  /** The view went to another player: nothing is known of this one, and nothing happened to him. */
  reset(): void {
    this.life = 'unknown';
    this.up = this.down = null;
    this.unnamedDeath = null;
    this.diedAt = -Infinity;
  }

  private countSigns({ vital, vitalValue, steady, deadWord, now }: LifeSigns): void {
    const drawn = steady || deadWord;
    if (vital === 'shown' && vitalValue !== null && vitalValue > 0) {
      this.up = { since: this.up?.since ?? now, sights: (this.up?.sights ?? 0) + 1 };
      this.down = null;
    } else if (drawn && (vital === 'hidden' || vitalValue === 0)) {
      this.down = { since: this.down?.since ?? now, sights: (this.down?.sights ?? 0) + 1 };
      this.up = null;
      this.downSinceDeath = true;
    }
  }

  private killed(kill: KillClaim): LifeEvent[] {
    if (this.unnamedDeath !== null) return this.bury(kill);
    if (Math.abs(kill.at - this.diedAt) < this.respawnS) return [];
    this.life = 'dead';
    this.unnamedDeath = kill.at;
    this.downSinceDeath = this.down !== null;
    return this.bury(kill);
  }

  private bury(kill: KillClaim | null): LifeEvent[] {
    const at = Math.min(this.unnamedDeath ?? Infinity, kill?.at ?? Infinity);
    this.unnamedDeath = null;
    this.diedAt = at;
    return [{ type: 'death', at, confidence: kill?.confidence ?? 0.8, kill }];
  }

  private rise(signs: LifeSigns, up: Spell): LifeEvent[] {
    if (up.sights < 2 && signs.vitalConfidence < SURE) return [];
    const wasDead = this.life === 'dead';
    if (wasDead && !this.downSinceDeath && signs.now - this.diedAt < this.respawnS) return [];
    if (wasDead && up.since <= this.diedAt) return [];
    this.life = 'alive';
    if (!wasDead) return [];
    const early = this.unnamedDeath === null ? [] : this.bury(null);
    return [...early, { type: 'spawn', at: up.since, confidence: Math.min(0.95, signs.vitalConfidence) }];
  }

  private fall(signs: LifeSigns, down: Spell): void {
    const sure = signs.goneTogether || signs.deadWord || this.life === 'unknown';
    if (down.sights < 2 || (!sure && (down.sights < ALONE_SIGHTS || signs.now - down.since < ALONE_S))) return;
    if (this.life === 'alive') this.unnamedDeath = down.since;
    this.life = 'dead';
    this.downSinceDeath = true;
  }

  private shiftPhase(signs: LifeSigns): LifeEvent[] {
    const to = this.phaseOf(signs);
    const from = this.phase;
    if (to === from) return [];
    this.phase = to;
    return from === 'unknown' || to === 'unknown' ? [] : [{ type: 'phase', at: signs.now, from, to }];
  }

  private phaseOf({ wordPhase }: LifeSigns): GamePhase {
    if (this.life === 'dead') return 'dead';
    if (wordPhase !== null) return wordPhase;
    if (this.life === 'alive') return 'playing';
    return 'unknown';
  }
}
