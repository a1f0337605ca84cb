import type { InkMap } from './text-ink.js';

/** What was read where the ink looked like this. */
export interface RememberedLine {
  readonly ink: InkMap;
  readonly glyphHeight: number;
  readonly text: string;
  readonly confidence: number;
  /** How often these letters have been recognised; doubtful ones are looked at again. */
  readonly reads: number;
}

const CAPACITY = 16;
/** A window differs when more than this share of its ink is on one side only: another letter, not JPEG noise. */
const MAX_WINDOW_CHANGE = 0.62;

/**
 * Remembers lines of text by their strokes, so that a line which stays, or scrolls up by one, is not recognised again
 * although the scene moves behind it.
 */
export class InkMemory {
  private lines: RememberedLine[] = [];

  find(ink: InkMap, glyphHeight: number): RememberedLine | null {
    return this.lines.find((line) => sameStrokes(line.ink, ink, glyphHeight)) ?? null;
  }

  /** Puts a line in front; the one that it replaces and the oldest fall out. */
  remember(line: RememberedLine, instead: RememberedLine | null): void {
    const others = this.lines.filter((other) => other !== instead);
    this.lines = [line, ...others].slice(0, CAPACITY);
  }

  clear(): void {
    this.lines = [];
  }
}

/** Whether two ink maps show the same text: no window of a letter's width has changed by more than noise. */
export function sameStrokes(a: InkMap, b: InkMap, glyphHeight: number): boolean {
  if (a.height !== b.height || Math.abs(a.width - b.width) > glyphHeight * 0.5) return false;
  const width = Math.min(a.width, b.width);
  const window = Math.max(3, Math.round(glyphHeight * 0.8));
  for (let left = 0; left < Math.max(a.width, b.width); left += Math.ceil(window / 2)) {
    let differing = 0;
    let union = 0;
    for (let y = 0; y < a.height; y++) {
      for (let x = left; x < Math.min(width, left + window); x++) {
        const one = a.data[y * a.width + x] ?? 0;
        const two = b.data[y * b.width + x] ?? 0;
        union += one | two;
        differing += one ^ two;
      }
    }
    if (union >= glyphHeight * 0.8 && differing > union * MAX_WINDOW_CHANGE) return false;
  }
  return true;
}
