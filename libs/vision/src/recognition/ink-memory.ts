import type { InkMap } from './text-ink.js';

/** What was read where the ink looked like this. */
export interface RememberedLine {
  readonly ink: InkMap;
  /** Where the ink begins in the picture, pixels from its left edge. */
  readonly left: number;
  readonly glyphHeight: number;
  readonly text: string;
  readonly confidence: number;
  /** How often these letters have been recognised; doubtful ones are looked at again. */
  readonly reads: number;
}

const CAPACITY = 16;
/** A line that has not been seen for so long is another one when it comes back, however alike: it is recognised anew. */
const MAX_UNSEEN_S = 2;
/** Or, where it is looked for at longer intervals, after so many of them. */
const LOOKS_MISSED = 3;
/** Shares of a window's ink that JPEG noise and the moving scene explain. */
const MAX_LOST = 0.5;
const MAX_ADDED = 0.5;
/** Share of the windows that may have more than that added. */
const MAX_CROWDED = 0.1;
/** Ink in the window before the first and after the last letter that is no letter yet, in letter heights. */
const MAX_BESIDE = 0.8;

/**
 * Remembers lines of text by their strokes, so that a line which stays, or scrolls up by one, is not recognised again
 * although the scene moves behind it.
 */
export class InkMemory {
  private lines: RememberedLine[] = [];
  private readonly seenAt = new WeakMap<RememberedLine, number>();
  private now = 0;

  /**
   * Begins a frame of this time (Unix seconds by the stream's own clock).
   * @param lookEveryS how often the place is looked at, seconds: a line that is looked for rarely is unseen for longer
   */
  begin(now: number, lookEveryS = 0): void {
    this.now = now;
    const unseen = Math.max(MAX_UNSEEN_S, lookEveryS * LOOKS_MISSED);
    this.lines = this.lines.filter((line) => Math.abs(now - (this.seenAt.get(line) ?? -Infinity)) <= unseen);
  }

  /** @param left where the ink begins in the picture: a line may change its height there, but not its letters' columns */
  find(ink: InkMap, glyphHeight: number, left: number): RememberedLine | null {
    const found = this.lines.find((line) => sameStrokes(line.ink, ink, glyphHeight, line.left - left)) ?? null;
    if (found) this.seenAt.set(found, this.now);
    return found;
  }

  /** Puts a line in front; the one that it replaces and the oldest fall out. */
  remember(line: RememberedLine, instead: RememberedLine | null): void {
    const others = this.lines.filter((other) => other !== instead);
    this.seenAt.set(line, this.now);
    this.lines = [line, ...others].slice(0, CAPACITY);
  }

  clear(): void {
    this.lines = [];
  }
}

/**
 * Whether the strokes of the remembered text `before` still stand there. In every window of a letter's width most of
 * them must; more may have come in by the scene behind, but not in many windows. Beside the text the scene may do as it
 * likes, unless what stands right there could be another letter: then the line is a longer one.
 * @param shift columns by which the remembered ink begins further right than that of now
 */
export function sameStrokes(before: InkMap, now: InkMap, glyphHeight: number, shift = 0): boolean {
  if (before.height !== now.height) return false;
  const window = Math.max(3, Math.round(glyphHeight * 0.8));
  const windows = { all: 0, crowded: 0 };
  const beside = [-window, before.width].map((left) => compare(before, now, shift, left, left + window).added);
  if (Math.max(...beside) > glyphHeight * MAX_BESIDE) return false;
  for (let left = 0; left < before.width; left += Math.ceil(window / 2)) {
    const { kept, lost, added } = compare(before, now, shift, left, left + window);
    if (kept + lost + added < glyphHeight * 0.8) continue;
    if (lost > (kept + lost) * MAX_LOST) return false;
    windows.all++;
    if (added > (kept + added) * MAX_ADDED) windows.crowded++;
  }
  return windows.all > 0 && windows.crowded <= windows.all * MAX_CROWDED;
}

function compare(
  before: InkMap,
  now: InkMap,
  shift: number,
  left: number,
  right: number,
): { kept: number; lost: number; added: number } {
  let kept = 0;
  let lost = 0;
  let added = 0;
  for (let y = 0; y < before.height; y++) {
    for (let x = left; x < right; x++) {
      const at = x + shift;
      const had = x >= 0 && x < before.width && before.data[y * before.width + x] === 1;
      const has = at >= 0 && at < now.width && now.data[y * now.width + at] === 1;
      if (had && has) kept++;
      else if (had) lost++;
      else if (has) added++;
    }
  }
  return { kept, lost, added };
}
