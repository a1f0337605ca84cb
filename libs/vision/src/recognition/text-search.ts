import type { Detection } from '@jiga/contracts';
import type { RgbImage } from '@jiga/media';
import { blockMeans, largestChange } from './change-gate.js';
import type { PixelRect } from './crop.js';
import { toBox } from './geometry.js';

/** The screen is searched at most this often, in milliseconds of the stream. */
const SEARCH_EVERY_MS = 5000;
const MIN_CONFIDENCE = 0.7;
/** Largest change of a block up to which a line is taken to say what it said. */
const SAME_CHANGE = 24;
/** Two areas are of the same line when they share more than this part of what both cover. */
const SAME_PART = 0.5;

/** One picture to search. */
export interface SearchPicture {
  readonly image: RgbImage;
  /** Unix seconds, by the stream's own clock. */
  readonly timestamp: number;
  readonly sceneCut: boolean;
}

export interface TextSearchParts {
  /** Rectangles that hold a line of text each, in the picture's pixels. */
  readonly findAreas: (image: RgbImage) => Promise<readonly PixelRect[]>;
  /** Reads a picture that is one line. */
  readonly readLine: (line: RgbImage) => Promise<{ readonly text: string; readonly confidence: number }>;
}

/** A line of text, and how it looked when it was read. */
interface Line {
  readonly rect: PixelRect;
  readonly look: Uint8Array;
  /** Null where no text was read. */
  readonly detection: Detection | null;
}

/** A line that there was no time for, as it was in the picture that was searched. */
interface UnreadLine extends Omit<Line, 'detection'> {
  readonly picture: RgbImage;
  readonly box: Detection['box'];
}

/**
 * Text anywhere on the screen of a game without a profile. A search finds all lines at once; they are read as far as there is time, one
 * at least each time, and the rest in the next pictures' time. What looks as it did is not read again.
 */
export class TextSearch {
  private searchedAt: number | null = null;
  private lines: Line[] = [];
  private unread: UnreadLine[] = [];
  private shown: readonly Detection[] = [];

  /** The text on the screen as far as it is known, the largest first, and whether all of it has been read. */
  async look(
    picture: SearchPicture,
    { findAreas, readLine }: TextSearchParts,
    mayRead: () => boolean,
  ): Promise<{ detections: readonly Detection[]; complete: boolean }> {
    const isFirst = this.searchedAt === null || picture.sceneCut;
    if (isFirst || this.isDue(picture)) {
      if (isFirst) this.shown = [];
      this.begin(picture, await findAreas(picture.image));
    }
    let hasRead = false;
    while (this.unread.length > 0 && (!hasRead || mayRead())) {
      await this.readNext(readLine);
      hasRead = true;
    }
    const complete = this.unread.length === 0;
    // Half of a new search does not take the place of a whole one.
    if (complete || this.shown.length === 0) this.shown = this.found();
    return { detections: this.shown, complete };
  }

  private isDue({ timestamp }: SearchPicture): boolean {
    const sinceMs = Math.abs(timestamp - (this.searchedAt ?? -Infinity)) * 1000;
    return this.unread.length === 0 && !(sinceMs < SEARCH_EVERY_MS);
  }

  private begin({ image, timestamp }: SearchPicture, areas: readonly PixelRect[]): void {
    this.searchedAt = timestamp;
    const pixels = { ...image, channels: 3 } as const;
    // What the search does not find again is no line any more, even where the picture stays: it may be part of a longer one.
    const isFound = ({ rect }: Line): boolean => areas.some((area) => sharedPart(rect, area) > SAME_PART);
    const isSame = ({ rect, look }: Line): boolean => largestChange(look, blockMeans(pixels, rect)) <= SAME_CHANGE;
    this.lines = this.lines.filter((line) => isFound(line) && isSame(line));
    this.unread = areas
      .filter((area) => !this.lines.some(({ rect }) => sharedPart(rect, area) > SAME_PART))
      .map((rect) => ({
        rect,
        look: blockMeans(pixels, rect),
        picture: cutOut(image, rect),
        box: toBox(rect, image),
      }));
  }

  private async readNext(readLine: TextSearchParts['readLine']): Promise<void> {
    const next = this.unread.shift();
    if (!next) return;
    const { rect, look, picture, box } = next;
    const { text, confidence } = await readLine(picture);
    const isText = text !== '' && confidence >= MIN_CONFIDENCE;
    const rounded = Math.round(confidence * 1000) / 1000;
    const detection: Detection = { label: 'text', category: 'hud_text', confidence: rounded, box, text };
    this.lines.push({ rect, look, detection: isText ? detection : null });
  }

  private found(): Detection[] {
    return this.lines
      .toSorted((a, b) => areaOf(b.rect) - areaOf(a.rect))
      .flatMap(({ detection }) => (detection ? [detection] : []));
  }
}

const areaOf = ({ width, height }: PixelRect): number => width * height;

/** The area that two rectangles share, of that which they cover together. */
function sharedPart(a: PixelRect, b: PixelRect): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  const shared = Math.max(0, width) * Math.max(0, height);
  return shared / (areaOf(a) + areaOf(b) - shared);
}

/** A rectangle of a picture as a picture of its own, so that the whole one need not be kept. */
function cutOut({ data, width: stride }: RgbImage, { x, y, width, height }: PixelRect): RgbImage {
  const pixels = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row++) {
    const from = ((y + row) * stride + x) * 3;
    pixels.set(data.subarray(from, from + width * 3), row * width * 3);
  }
  return { data: pixels, width, height };
}
