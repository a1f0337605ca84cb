import { round } from './field-value.js';
import type { ModeRule } from './rules.js';

export interface ModeBelief {
  readonly name: string;
  readonly teams: boolean;
  readonly confidence: number;
  readonly evidence: string;
}

interface WeighedMode {
  readonly rule: ModeRule;
  readonly signs: readonly string[];
  readonly weight: number;
}

/** What all signs say together. */
interface Verdict {
  readonly belief: ModeBelief | null;
  readonly hasTeams: boolean | null;
}

/** A colour or an icon must be seen this often before it counts; a sentence counts at once. */
const SIGHTS_NEEDED = 3;
const MIN_CONFIDENCE = 0.3;

/** Weighs what was seen for each game mode. Signs are words of messages, or `color:REGION=NAME`. */
export class ModeTracker {
  private readonly seen = new Map<string, number>();
  /** Null when a sign has changed since. */
  private weighed: Verdict | null = null;

  constructor(private readonly rules: readonly ModeRule[]) {}

  noteMessage(says: string): void {
    this.note(says, SIGHTS_NEEDED);
  }

  /** A sign that turned out to be wrong gives way to another. */
  replaceSign(wrong: string, right: string): void {
    this.note(wrong, 0);
    this.noteMessage(right);
  }

  noteColor(region: string, color: string | null): void {
    const sign = `color:${region}=${color ?? 'none'}`;
    this.note(sign, Math.min(SIGHTS_NEEDED, (this.seen.get(sign) ?? 0) + 1));
  }

  /** The mode that the signs speak for; its confidence is that of a lead over the next best mode. */
  belief(): ModeBelief | null {
    return this.verdict().belief;
  }

  /** Whether the mode has teams, even while it is open which of the team modes it is; null while unknown. */
  hasTeams(): boolean | null {
    return this.verdict().hasTeams;
  }

  clear(): void {
    this.seen.clear();
    this.weighed = null;
  }

  private note(sign: string, sights: number): void {
    if ((this.seen.get(sign) ?? 0) === sights) return;
    this.seen.set(sign, sights);
    this.weighed = null;
  }

  /** Asked for several times a frame, while signs seldom change. */
  private verdict(): Verdict {
    return (this.weighed ??= verdictOf(this.rules.map((rule) => this.weigh(rule))));
  }

  private weigh(rule: ModeRule): WeighedMode {
    const signs = Object.keys(rule.evidence).filter((sign) => (this.seen.get(sign) ?? 0) >= SIGHTS_NEEDED);
    return { rule, signs, weight: signs.reduce((sum, sign) => sum + (rule.evidence[sign] ?? 0), 0) };
  }
}

function verdictOf(modes: readonly WeighedMode[]): Verdict {
  const ranked = modes.toSorted((a, b) => b.weight - a.weight);
  const strongest = (teams: boolean): number => ranked.find(({ rule }) => rule.teams === teams)?.weight ?? 0;
  const [withTeams, free] = [Math.max(0, strongest(true)), Math.max(0, strongest(false))];
  return { belief: beliefIn(ranked), hasTeams: withTeams === free ? null : withTeams > free };
}

function beliefIn([best, next]: readonly WeighedMode[]): ModeBelief | null {
  if (best === undefined) return null;
  const lead = best.weight - Math.max(0, next?.weight ?? 0);
  const confidence = round(1 - 0.4 ** lead);
  if (lead <= 0 || confidence < MIN_CONFIDENCE) return null;
  return { name: best.rule.name, teams: best.rule.teams, confidence, evidence: best.signs.join(', ') };
}
