import type { HudValue } from '@jiga/contracts';

import { round } from './field-value.js';

/** A score of two teams as one says it: the higher first, and whose it is. */
export function scoreText(a: number, b: number, first: string, second: string): string {
  if (a === b) return `${a}:${b}`;
  return a > b ? `${a}:${b} ${first}` : `${b}:${a} ${second}`;
}

/** Mean confidence of what is on the screen, weighed with that of the game itself; null when nothing was read. */
export function overall(game: number | null, hud: Readonly<Record<string, HudValue | null>>): number | null {
  if (game === null) return null;
  const read = Object.values(hud).filter((value): value is HudValue => value !== null && value.value !== null);
  if (read.length === 0) return null;
  return round(game * (read.reduce((sum, value) => sum + value.confidence, 0) / read.length));
}
