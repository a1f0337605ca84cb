import type { HudValue, VisionResult } from '@jiga/contracts';
import type { ExpectedField, Scalar } from './expectation.types.js';

/**
 * How a field did over the frames that show it.
 *  - `exact`: the stated value is what that very frame shows (one source frame either way, the truth's own precision)
 *  - `late`: it is not, but it was on the screen within the age that the result gives for it
 *  - `wrong`: any other stated value
 *  - `unreadable`: nothing stated, and the server says that it could not read the place
 *  - `missing`: nothing stated, and no reason given
 */
export interface FieldScore {
  readonly name: string;
  readonly kind: ExpectedField['kind'];
  readonly frames: number;
  readonly exact: number;
  readonly late: number;
  readonly wrong: number;
  readonly unreadable: number;
  readonly missing: number;
  /** Values stated in frames that do not show the field, nor did so within the value's age. */
  readonly phantom: number;
  /** A few of the wrong ones, for looking at. */
  readonly examples: readonly string[];
}

export interface AnsweredFrame {
  readonly sourceFrame: number;
  readonly result: VisionResult;
}

type Verdict = 'exact' | 'late' | 'wrong' | 'unreadable' | 'missing' | 'phantom' | 'silent';

const MAX_EXAMPLES = 5;

/** The share of frames that show the field in which exactly its value was stated; null when no frame shows it. */
export const exactRate = (score: FieldScore): number | null => (score.frames === 0 ? null : score.exact / score.frames);
/** The same, forgiving a value its stated age. */
export const withinAgeRate = (score: FieldScore): number | null =>
  score.frames === 0 ? null : (score.exact + score.late) / score.frames;

export function scoreField(field: ExpectedField, frames: readonly AnsweredFrame[], fps: number): FieldScore {
  const counts: Record<Verdict, number> = {
    exact: 0,
    late: 0,
    wrong: 0,
    unreadable: 0,
    missing: 0,
    phantom: 0,
    silent: 0,
  };
  const examples: string[] = [];
  for (const frame of frames) {
    const stated = statedValue(field, frame.result);
    const verdict = judge(field, frame.sourceFrame, stated, fps);
    counts[verdict]++;
    if ((verdict === 'wrong' || verdict === 'phantom') && examples.length < MAX_EXAMPLES) {
      const drawn = field.drawn(frame.sourceFrame) ?? 'nothing';
      examples.push(`frame ${frame.sourceFrame}: read ${String(stated?.value)}, drawn ${String(drawn)}`);
    }
  }
  const { silent, ...kept } = counts;
  const shown = frames.length - silent - counts.phantom;
  return { name: field.name, kind: field.kind, frames: shown, ...kept, examples };
}

/** Adds up the scores of one field over several clips. */
export function addScores(scores: readonly FieldScore[]): FieldScore {
  const [first] = scores;
  if (!first) throw new RangeError('No scores to add');
  const sum = (key: Verdict & keyof FieldScore): number => scores.reduce((total, score) => total + score[key], 0);
  const frames = scores.reduce((total, score) => total + score.frames, 0);
  const examples = scores.flatMap((score) => score.examples).slice(0, MAX_EXAMPLES);
  return {
    name: first.name,
    kind: first.kind,
    frames,
    exact: sum('exact'),
    late: sum('late'),
    wrong: sum('wrong'),
    unreadable: sum('unreadable'),
    missing: sum('missing'),
    phantom: sum('phantom'),
    examples,
  };
}

type Stated = Pick<HudValue, 'value' | 'age_ms' | 'unreadable'>;

function statedValue(field: ExpectedField, result: VisionResult): Stated | null {
  if ('hud' in field.at) return result.hud[field.at.hud] ?? null;
  const scores = result.teams?.scores;
  const key = field.at.score.find((name) => scores?.[name] !== undefined);
  const value = key === undefined ? null : (scores?.[key] ?? null);
  // A score has no age of its own: it is as old as the heavy stage that it comes from.
  return value === null ? null : { value, age_ms: result.metadata.heavy_age_ms ?? 0 };
}

function judge(field: ExpectedField, frame: number, stated: Stated | null, fps: number): Verdict {
  const isShown = field.drawn(frame) !== null;
  if (stated === null || stated.value === null) {
    if (!isShown) return 'silent';
    return stated?.unreadable === true ? 'unreadable' : 'missing';
  }
  const oldest = frame - 1 - Math.ceil((stated.age_ms / 1000) * fps);
  if (!isShown) return shownBetween(field, oldest, frame + 1, stated.value) ? 'silent' : 'phantom';
  if (shownBetween(field, frame - 1, frame + 1, stated.value)) return 'exact';
  return shownBetween(field, oldest, frame, stated.value) ? 'late' : 'wrong';
}

function shownBetween(field: ExpectedField, from: number, to: number, value: Scalar): boolean {
  for (let frame = Math.max(0, from); frame <= to; frame++) {
    const drawn = field.drawn(frame);
    if (drawn !== null && isSame(drawn, value, field.tolerance)) return true;
  }
  return false;
}

function isSame(drawn: Scalar, stated: Scalar, tolerance: number): boolean {
  if (typeof drawn === 'number' && typeof stated === 'number') return Math.abs(drawn - stated) <= tolerance;
  return fold(drawn) === fold(stated);
}

const fold = (value: Scalar): string => String(value).trim().toLowerCase();
