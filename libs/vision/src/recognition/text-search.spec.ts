import { beforeEach, describe, expect, it } from '@jest/globals';
import type { RgbImage } from '@jiga/media';
import type { PixelRect } from './crop.js';
import { TextSearch } from './text-search.js';

const SIZE = { width: 200, height: 120 };
const LINES: readonly PixelRect[] = [
  { x: 10, y: 10, width: 90, height: 20 },
  { x: 10, y: 40, width: 60, height: 20 },
  { x: 10, y: 80, width: 30, height: 20 },
];
const NO_TIME = (): boolean => false;
const TIME = (): boolean => true;

/** A screen of one grey, with each line's rectangle in a grey of its own; the "text" of a line is its grey. */
function screen(greys: readonly number[]): RgbImage {
  const data = new Uint8Array(SIZE.width * SIZE.height * 3).fill(10);
  LINES.forEach(({ x, y, width, height }, i) => {
    for (let row = y; row < y + height; row++) {
      const from = (row * SIZE.width + x) * 3;
      data.fill(greys[i] ?? 0, from, from + width * 3);
    }
  });
  return { ...SIZE, data };
}

let search: TextSearch;
let searches: number;
let read: string[];
let areas: readonly PixelRect[];

beforeEach(() => {
  search = new TextSearch();
  searches = 0;
  read = [];
  areas = LINES;
});

async function look(
  greys: readonly number[],
  timestamp: number,
  { mayRead = TIME, sceneCut = false }: { mayRead?: () => boolean; sceneCut?: boolean } = {},
): Promise<{ texts: (string | null | undefined)[]; complete: boolean }> {
  const parts = {
    findAreas: () => {
      searches++;
      return Promise.resolve(areas);
    },
    readLine: ({ data }: RgbImage) => {
      const text = `${data[0] ?? 0}`;
      read.push(text);
      return Promise.resolve({ text, confidence: 0.9 });
    },
  };
  const found = await search.look({ image: screen(greys), timestamp, sceneCut }, parts, mayRead);
  return { texts: found.detections.map(({ text }) => text), complete: found.complete };
}

describe('TextSearch', () => {
  it('reads all lines while there is time, and says where they are', async () => {
    await expect(look([100, 150, 200], 0)).resolves.toEqual({ texts: ['100', '150', '200'], complete: true });
    const parts = {
      findAreas: () => Promise.resolve([]),
      readLine: () => Promise.resolve({ text: '', confidence: 0 }),
    };
    const { detections } = await search.look(
      { image: screen([100, 150, 200]), timestamp: 1, sceneCut: false },
      parts,
      TIME,
    );
    expect(detections[0]).toMatchObject({ category: 'hud_text', confidence: 0.9, box: [0.05, 0.0833, 0.45, 0.1667] });
  });

  it('reads one line at least without time, and the rest later, as it was when it was found', async () => {
    await expect(look([100, 150, 200], 0, { mayRead: NO_TIME })).resolves.toEqual({ texts: ['100'], complete: false });
    await look([1, 2, 3], 0.1, { mayRead: NO_TIME });
    await expect(look([1, 2, 3], 0.2)).resolves.toEqual({ texts: ['100', '150', '200'], complete: true });
    expect(searches).toBe(1);
  });

  it('searches again after five seconds or a cut, and reads only what looks another way', async () => {
    await look([100, 150, 200], 0);
    await look([101, 60, 200], 4.9);
    expect(searches).toBe(1);
    read = [];
    await expect(look([101, 60, 200], 5)).resolves.toMatchObject({ texts: ['100', '60', '200'] });
    expect(read).toEqual(['60']);
    await expect(look([101, 90, 200], 5.1, { sceneCut: true })).resolves.toMatchObject({ texts: ['100', '90', '200'] });
    expect(searches).toBe(3);
  });

  it('shows the last whole search until the next is whole, but nothing of a screen that was cut away', async () => {
    await look([100, 150, 200], 0);
    const again = await look([50, 60, 70], 6, { mayRead: NO_TIME });
    expect(again).toEqual({ texts: ['100', '150', '200'], complete: false });
    await expect(look([50, 60, 70], 6.1)).resolves.toEqual({ texts: ['50', '60', '70'], complete: true });
    const cut = await look([80, 90, 110], 6.2, { mayRead: NO_TIME, sceneCut: true });
    expect(cut).toEqual({ texts: ['80'], complete: false });
  });

  it('forgets a line that it finds as part of a longer one', async () => {
    await look([100, 150, 200], 0);
    areas = [{ x: 10, y: 10, width: 190, height: 20 }, ...LINES.slice(1)];
    await expect(look([100, 150, 200], 5)).resolves.toMatchObject({ texts: ['100', '150', '200'] });
    expect(read).toEqual(['100', '150', '200', '100']);
  });

  it('forgets a line that has gone, and is not silenced by a clock that stands still or goes back', async () => {
    await look([100, 150, 200], 100);
    areas = LINES.slice(0, 1);
    await expect(look([100, 10, 10], 90)).resolves.toMatchObject({ texts: ['100'] });
    expect(searches).toBe(2);
  });
});
