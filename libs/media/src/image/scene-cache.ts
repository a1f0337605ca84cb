import { hashDistance } from './perceptual-hash.js';

export interface SceneCacheOptions {
  /** Likeness of the hashes, 0–1, from which on two pictures show the same scene; 1 = equal in every bit. */
  readonly similarity: number;
  readonly ttlMs: number;
  /** Scenes that are kept; the oldest goes first. */
  readonly capacity?: number;
}

interface Entry<T> {
  readonly hash: string;
  readonly value: T;
  readonly storedAtMs: number;
}

const CAPACITY = 16;
const HASH_BITS = 64;

/**
 * Remembers what was worked out for a scene, by the hash of its picture (see `differenceHash`), for as long as the scene
 * may be taken for the same. For what belongs to the scene as a whole only: pictures whose small parts differ, such as a
 * clock, have the same hash. One for each session: what one player's screen showed is nobody else's to see.
 */
export class SceneCache<T> {
  #entries: Entry<T>[] = [];
  #hits = 0;
  #misses = 0;

  constructor(private readonly options: SceneCacheOptions) {}

  get counts(): { readonly hits: number; readonly misses: number } {
    return { hits: this.#hits, misses: this.#misses };
  }

  /** What was stored for the likest scene that is like enough and not too old; undefined when there is none. */
  find(hash: string, nowMs: number): T | undefined {
    const { similarity, ttlMs } = this.options;
    this.#entries = this.#entries.filter(({ storedAtMs }) => nowMs - storedAtMs < ttlMs);
    const most = Math.floor((1 - similarity) * HASH_BITS + 1e-9);
    let best: { readonly entry: Entry<T>; readonly bits: number } | null = null;
    for (const entry of this.#entries) {
      const bits = hashDistance(entry.hash, hash);
      if (bits <= most && (!best || bits < best.bits)) best = { entry, bits };
    }
    if (best) this.#hits++;
    else this.#misses++;
    return best?.entry.value;
  }

  store(hash: string, value: T, nowMs: number): void {
    const others = this.#entries.filter((entry) => entry.hash !== hash);
    this.#entries = [{ hash, value, storedAtMs: nowMs }, ...others].slice(0, this.options.capacity ?? CAPACITY);
  }
}
