import type { HudValue } from '@jiga/contracts';
import { ClockField } from './clock-field.js';
import { NumberField, type FieldChange } from './number-field.js';
import type { RegionBoard } from './region-board.js';
import type { FieldRule } from './rules.js';

export interface ScoreChange extends FieldChange {
  readonly rule: FieldRule;
}

/** All fields of the HUD together. */
export class HudReader {
  private readonly numbers: readonly NumberField[];
  private readonly clocks: readonly ClockField[];
  private readonly gone = new Set<string>();

  constructor(rules: readonly FieldRule[]) {
    this.numbers = rules.filter((rule) => rule.kind === 'integer').map((rule) => new NumberField(rule));
    this.clocks = rules.filter((rule) => rule.kind === 'clock').map((rule) => new ClockField(rule));
  }

  observe(board: RegionBoard, now: number): void {
    for (const clock of this.clocks) clock.observe(board.sight(clock.rule.region), now);
    const gone = this.goneGroups(board);
    for (const group of gone) this.gone.add(group);
    for (const field of this.numbers) {
      const { region, group } = field.rule;
      field.observe(board.sight(region), now, group !== undefined && gone.has(group));
      if (group !== undefined && field.state === 'shown') this.gone.delete(group);
    }
  }

  /** Groups of which at least two numbers were shown and none is there any more. */
  private goneGroups(board: RegionBoard): Set<string> {
    const gone = new Set<string>();
    for (const group of new Set(this.numbers.flatMap((field) => field.rule.group ?? []))) {
      const shown = this.numbers.filter((field) => field.rule.group === group && field.state === 'shown');
      const allEmpty = shown.every((field) => board.sight(field.rule.region)?.reading.outcome === 'empty');
      if (shown.length >= 2 && allEmpty) gone.add(group);
    }
    return gone;
  }

  /** Whether several numbers of the group left the screen at once and none came back since. */
  isGone(group: string | undefined): boolean {
    return group !== undefined && this.gone.has(group);
  }

  field(name: string): NumberField | ClockField | null {
    return this.number(name) ?? this.clocks.find((field) => field.rule.field === name) ?? null;
  }

  number(name: string): NumberField | null {
    return this.numbers.find((field) => field.rule.field === name) ?? null;
  }

  /** A clock was set back since the last observation: the game starts anew. */
  clockSetBack(): boolean {
    return this.clocks.some((clock) => clock.jumpedBack);
  }

  hud(now: number): Record<string, HudValue | null> {
    const shown = [...this.numbers, ...this.clocks].filter((field) => field.rule.hud !== false);
    return Object.fromEntries(shown.map((field) => [field.rule.field, field.at(now)]));
  }

  /** Scores by team where the mode has teams, else by side; null when no score was ever seen. */
  scores(teams: boolean): Record<string, number | null> | null {
    const fields = this.numbers.filter((field) => field.rule.score !== undefined);
    if (fields.every((field) => field.belief === null)) return null;
    return Object.fromEntries(fields.map((field) => [scoreKey(field.rule, teams), field.value()]));
  }

  takeScoreChanges(): ScoreChange[] {
    return this.numbers.flatMap((field) => {
      const changes = field.takeChanges();
      return field.rule.score === undefined ? [] : changes.map((change) => ({ ...change, rule: field.rule }));
    });
  }

  /** Forgets the values that belong to one player, when another one is viewed. */
  resetPersonal(): void {
    for (const field of this.numbers) if (field.rule.score === undefined) field.reset();
  }

  reset(): void {
    for (const field of [...this.numbers, ...this.clocks]) field.reset();
  }
}

export function scoreKey(rule: FieldRule, teams: boolean): string {
  return (teams ? rule.score?.team : rule.score?.side) ?? rule.field;
}
