import { describe, expect, it } from '@jest/globals';

import { deferred } from '@jiga/testing';

import { ByteCache } from './byte-cache.js';

describe('ByteCache', () => {
  const made: string[] = [];
  const make = (value: string) => (): Promise<string> => {
    made.push(value);
    return Promise.resolve(value);
  };
  const rig = (maxBytes: number): ByteCache<string> => {
    made.length = 0;
    return new ByteCache(maxBytes, (value) => value.length);
  };

  it('makes a value once for all who ask', async () => {
    const cache = rig(100);
    const value = deferred<string>();
    const both = [cache.get('a', () => value.promise), cache.get('a', make('other'))];
    value.resolve('one');
    await expect(Promise.all(both)).resolves.toEqual(['one', 'one']);
    expect([await cache.get('a', make('other')), made]).toEqual(['one', []]);
  });

  it('lets go of the longest unused when the bytes are too many', async () => {
    const cache = rig(12);
    for (const key of ['a', 'b', 'a', 'c']) await cache.get(key, make(`${key}1234`));
    expect(made).toEqual(['a1234', 'b1234', 'c1234']);
    await cache.get('a', make('again'));
    expect(made).toHaveLength(3);
    await cache.get('b', make('again'));
    expect(made).toHaveLength(4);
  });

  it('makes anew what has failed', async () => {
    const cache = rig(100);
    await expect(cache.get('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(cache.get('a', make('yes'))).resolves.toBe('yes');
  });

  it('lets one who goes away go, and makes it for the others', async () => {
    const cache = rig(100);
    const value = deferred<string>();
    const gone = new AbortController();
    const first = cache.get('a', () => value.promise, gone.signal);
    const second = cache.get('a', make('other'));
    gone.abort(new Error('gone'));
    await expect(first).rejects.toThrow('gone');
    value.resolve('one');
    await expect(second).resolves.toBe('one');
    await expect(cache.get('a', make('other'), gone.signal)).rejects.toThrow('gone');
  });
});
