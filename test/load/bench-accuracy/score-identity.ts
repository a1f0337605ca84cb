import type { VisionResult } from '@jiga/contracts';

/** Something that holds for the whole clip: what was said of it, and from when on. */
export interface IdentityScore {
  readonly name: string;
  readonly expected: string;
  readonly frames: number;
  readonly right: number;
  readonly wrong: number;
  /** First frame time at which the right thing was said, seconds from the clip's start. */
  readonly knownAfterSeconds: number | null;
}

const STATED: Readonly<Record<string, (result: VisionResult) => string | null | undefined>> = {
  game: (result) => result.game?.id,
  game_mode: (result) => result.game_mode?.name,
  player_team: (result) => result.teams?.player_team,
};

export function scoreIdentity(
  expected: Readonly<Record<string, string>>,
  frames: readonly { readonly timeSeconds: number; readonly result: VisionResult }[],
): IdentityScore[] {
  return Object.entries(expected).map(([name, value]) => {
    const stated = frames.map(({ timeSeconds, result }) => ({ timeSeconds, said: STATED[name]?.(result) ?? null }));
    const right = stated.filter(({ said }) => said === value);
    const wrong = stated.filter(({ said }) => said !== null && said !== value).length;
    const knownAfterSeconds = right[0]?.timeSeconds ?? null;
    return { name, expected: value, frames: frames.length, right: right.length, wrong, knownAfterSeconds };
  });
}
