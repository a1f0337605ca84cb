import { describe, expect, it } from '@jest/globals';
import { TextMemo, strokesKey } from './text-memo.js';
import type { InkMap } from './text-ink.js';

const WIDTH = 90;
const HEIGHT = 12;
const strokes = (change: (data: Uint8Array) => void = () => {}): InkMap => {
  const data = new Uint8Array(WIDTH * HEIGHT);
  for (let i = 0; i < data.length; i += 7) data[i] = 1;
  change(data);
  return { data, width: WIDTH, height: HEIGHT };
};

describe('TextMemo', () => {
  it('knows a line whose strokes are the same to the pixel, in the same place', () => {
    const memo = new TextMemo();
    memo.remember(strokesKey('center', strokes()), { text: 'You fragged Beret', confidence: 0.99 });
    expect(memo.find(strokesKey('center', strokes()))?.text).toBe('You fragged Beret');
    expect(memo.find(strokesKey('feed', strokes()))).toBeNull();
  });

  it('tells lines apart that differ in a single pixel, wherever it is', () => {
    const keys = Array.from({ length: WIDTH * HEIGHT }, (_, at) =>
      strokesKey(
        'center',
        strokes((data) => (data[at] = 1 - (data[at] ?? 0))),
      ),
    );
    expect(new Set([...keys, strokesKey('center', strokes())]).size).toBe(WIDTH * HEIGHT + 1);
  });

  it('keeps nothing doubtful, and of too many those that were used last', () => {
    const memo = new TextMemo(2);
    memo.remember('doubtful', { text: 'o', confidence: 0.96 });
    for (const key of ['a', 'b']) memo.remember(key, { text: key, confidence: 1 });
    memo.find('a');
    memo.remember('c', { text: 'c', confidence: 1 });
    expect(['doubtful', 'a', 'b', 'c'].map((key) => memo.find(key)?.text ?? null)).toEqual([null, 'a', null, 'c']);
    expect(memo.size).toBe(2);
  });
});
