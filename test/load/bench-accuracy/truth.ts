import { readFile } from 'node:fs/promises';

export type TruthValue = string | number | boolean | null | readonly unknown[] | { readonly [key: string]: unknown };

export interface TruthEvent {
  readonly frame: number;
  /** Seconds from the start of the clip. */
  readonly t: number;
  readonly type: string;
  readonly [detail: string]: unknown;
}

/** What the game itself says about a clip, frame by frame (see docs/benchmarks.md). */
export interface ClipTruth {
  readonly clip: string;
  readonly game: string;
  readonly fps: number;
  readonly frames: number;
  readonly width: number;
  readonly height: number;
  readonly static: Readonly<Record<string, unknown>>;
  /** Run-length values: each holds from its frame until the next entry. */
  readonly changes: Readonly<Record<string, readonly (readonly [frame: number, value: TruthValue])[]>>;
  readonly events: readonly TruthEvent[];
  /** A race clock that differs in every frame, seconds. */
  readonly time_per_frame?: { readonly values: readonly number[] };
}

/** Reads a truth file. Throws when it has not the shape of one. */
export async function readTruth(file: string): Promise<ClipTruth> {
  const truth = JSON.parse(await readFile(file, 'utf8')) as Partial<ClipTruth>;
  if (!truth.changes || !truth.events || !truth.fps || !truth.frames || !truth.game) {
    throw new Error(`${file} is not a truth file: it needs game, fps, frames, changes and events`);
  }
  return { ...truth, static: truth.static ?? {} } as ClipTruth;
}

/** The value of a field at a source frame; undefined when the truth does not say. */
export function valueAt(truth: ClipTruth, field: string, frame: number): TruthValue | undefined {
  const runs = truth.changes[field];
  if (!runs) return undefined;
  let value: TruthValue | undefined;
  for (const [from, next] of runs) {
    if (from > frame) break;
    value = next;
  }
  return value;
}

/** Entries of a field after its first: where the value changed, what it was and what it became. */
export function transitions(truth: ClipTruth, field: string): { frame: number; from: TruthValue; to: TruthValue }[] {
  const runs = truth.changes[field] ?? [];
  return runs.slice(1).map(([frame, to], index) => ({ frame, from: runs[index]?.[1] ?? null, to }));
}
