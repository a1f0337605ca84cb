import { describe, expect, it } from '@jest/globals';
import { SceneCache } from './scene-cache.js';

const HASH = '00000000ffffffff';
/** {@link HASH} with so many bits turned over. */
const turned = (bits: number): string => (0xffffffffn ^ ((1n << BigInt(bits)) - 1n)).toString(16).padStart(16, '0');

describe('SceneCache', () => {
  it('finds what was stored for a scene that is like enough', () => {
    const cache = new SceneCache<string>({ similarity: 0.95, ttlMs: 1000 });
    expect(cache.find(HASH, 0)).toBeUndefined();
    cache.store(HASH, 'menu', 0);
    expect([0, 3, 4].map((bits) => cache.find(turned(bits), 1))).toEqual(['menu', 'menu', undefined]);
    expect(cache.counts).toEqual({ hits: 2, misses: 2 });
  });

  it('finds the likest of several, and only equal ones when asked for full likeness', () => {
    const loose = new SceneCache<string>({ similarity: 0.9, ttlMs: 1000 });
    loose.store(turned(4), 'other', 0);
    loose.store(turned(1), 'near', 0);
    expect(loose.find(HASH, 0)).toBe('near');
    const strict = new SceneCache<string>({ similarity: 1, ttlMs: 1000 });
    strict.store(HASH, 'menu', 0);
    expect([strict.find(HASH, 0), strict.find(turned(1), 0)]).toEqual(['menu', undefined]);
  });

  it('forgets what is too old, and the oldest of too many', () => {
    const cache = new SceneCache<number>({ similarity: 1, ttlMs: 1000, capacity: 2 });
    cache.store(turned(0), 0, 0);
    expect([cache.find(turned(0), 999), cache.find(turned(0), 1000)]).toEqual([0, undefined]);
    for (const bits of [0, 1, 2]) cache.store(turned(bits), bits, 2000);
    expect([0, 1, 2].map((bits) => cache.find(turned(bits), 2000))).toEqual([undefined, 1, 2]);
  });
});
