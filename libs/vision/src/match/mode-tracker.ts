import { round } from './field-value.js';
import type { ModeRule } from './rules.js';

export interface ModeBelief {
  readonly name: string;
  readonly teams: boolean;
  readonly confidence: number;
  readonly evidence: string;
}

/** A colour or an icon must be seen this often before it counts; a sentence counts at once. */
const SIGHTS_NEEDED = 3;
const MIN_CONFIDENCE = 0.3;

/** Weighs what was seen for each game mode. Signs are words of messages, or `color:REGION=NAME`. */
export class ModeTracker {
  private readonly seen = new Map<string, number>();

  constructor(private readonly rules: readonly ModeRule[]) {}

  noteMessage(says: string): void {
    this.seen.set(says, SIGHTS_NEEDED);
  }

  /** A sign that turned out to be wrong gives way to another. */
  replaceSign(wrong: string, right: string): void {
    this.seen.delete(wrong);
    this.noteMessage(right);
  }

  noteColor(region: string, color: string | null): void {
    const sign = `color:${region}=${color ?? 'none'}`;
    this.seen.set(sign, Math.min(SIGHTS_NEEDED, (this.seen.get(sign) ?? 0) + 1));
  }

  /** The mode that the signs speak for; its confidence is that of a lead over the next best mode. */
  belief(): ModeBelief | null {
    const ranked = this.rules
      .map((rule) => ({ rule, signs: this.signsFor(rule) }))
      .map(({ rule, signs }) => ({
        rule,
        signs,
        weight: signs.reduce((sum, sign) => sum + (rule.evidence[sign] ?? 0), 0),
      }))
      .sort((a, b) => b.weight - a.weight);
    const [best, next] = ranked;
    if (best === undefined) return null;
    const lead = best.weight - Math.max(0, next?.weight ?? 0);
    const confidence = round(1 - 0.4 ** lead);
    if (lead <= 0 || confidence < MIN_CONFIDENCE) return null;
    return { name: best.rule.name, teams: best.rule.teams, confidence, evidence: best.signs.join(', ') };
  }

  /** Whether the mode has teams, even while it is open which of the team modes it is; null while unknown. */
  hasTeams(): boolean | null {
    let teams = 0;
    let free = 0;
    for (const rule of this.rules) {
      const weight = this.signsFor(rule).reduce((sum, sign) => sum + (rule.evidence[sign] ?? 0), 0);
      if (rule.teams) teams = Math.max(teams, weight);
      else free = Math.max(free, weight);
    }
    return teams === free ? null : teams > free;
  }

  clear(): void {
    this.seen.clear();
  }

  private signsFor(rule: ModeRule): string[] {
    return Object.keys(rule.evidence).filter((sign) => (this.seen.get(sign) ?? 0) >= SIGHTS_NEEDED);
  }
}
