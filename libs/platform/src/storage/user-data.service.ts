import { Injectable } from '@nestjs/common';

/** Whose data is to go. */
export interface ErasureRequest {
  readonly userId: string;
  /** Only what belongs to this owner; null = to any. */
  readonly owner: string | null;
  /** Sessions of the player: ended, and still stored. They are removed after all that belongs to them. */
  readonly sessionIds: readonly string[];
}

/** Removes one sort of thing that is kept about a player; resolves to how many there were. */
export type Eraser = (request: ErasureRequest) => Promise<number>;

/** What is kept about players, wherever it is kept: whoever keeps something says how to remove it. */
@Injectable()
export class UserDataErasers {
  readonly #erasers = new Map<string, Eraser>();

  /** @param name what is removed, as the answer counts it: snake_case, plural */
  add(name: string, eraser: Eraser): void {
    this.#erasers.set(name, eraser);
  }

  /** Removes everything; resolves to how many of each. Run again, it removes what was left. Rejects when one fails. */
  async erase(request: ErasureRequest): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const [name, eraser] of this.#erasers) counts[name] = await eraser(request);
    return counts;
  }
}
