import { describe, expect, it } from '@jest/globals';

import { FairQueue } from './fair-queue.js';

const drain = (queue: FairQueue<string>): string => queue.clear().join(' ');

describe('FairQueue', () => {
  it('lets owners take turns, whoever came with more', () => {
    const queue = new FairQueue<string>();
    for (const item of ['a1', 'a2', 'a3', 'a4']) queue.push('a', item);
    queue.push('b', 'b1');
    queue.push('c', 'c1');
    queue.push('c', 'c2');
    expect([queue.size, queue.sizeOf('a'), queue.sizeOf('nobody')]).toEqual([7, 4, 0]);
    expect(drain(queue)).toBe('a1 b1 c1 a2 c2 a3 a4');
    expect(queue.size).toBe(0);
  });

  it('puts an owner who comes back behind those who wait', () => {
    const queue = new FairQueue<string>();
    queue.push('a', 'a1');
    queue.push('b', 'b1');
    expect(queue.take()).toBe('a1');
    queue.push('a', 'a2');
    expect(drain(queue)).toBe('b1 a2');
  });

  it('gives back what an owner who goes had waiting', () => {
    const queue = new FairQueue<string>();
    for (const item of ['a1', 'a2']) queue.push('a', item);
    queue.push('b', 'b1');
    expect(queue.removeOwner('a')).toEqual(['a1', 'a2']);
    expect(queue.removeOwner('a')).toEqual([]);
    expect(queue.size).toBe(1);
    expect(drain(queue)).toBe('b1');
    expect(queue.take()).toBeUndefined();
  });
});
