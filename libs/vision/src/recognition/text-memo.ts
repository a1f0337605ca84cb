import type { DecodedText } from './ctc.js';
import type { InkMap } from './text-ink.js';

const CAPACITY = 4096;
/** Only what is beyond doubt is taken without being looked at again. */
const MIN_CONFIDENCE = 0.97;

/**
 * Remembers what the recogniser read where the strokes looked exactly like this, for all sessions of its thread: the
 * same line in the same place at the same size is read once. The picture is compared by its strokes alone, brightness
 * and colour left out, but by every pixel of them, so that it never takes a line for one that differs in a letter.
 */
export class TextMemo {
  /** The one used last is last. */
  readonly #texts = new Map<string, DecodedText>();

  constructor(private readonly capacity = CAPACITY) {}

  get size(): number {
    return this.#texts.size;
  }

  find(key: string): DecodedText | null {
    const found = this.#texts.get(key);
    if (!found) return null;
    this.#texts.delete(key);
    this.#texts.set(key, found);
    return found;
  }

  remember(key: string, text: DecodedText): void {
    if (text.confidence < MIN_CONFIDENCE) return;
    this.#texts.delete(key);
    this.#texts.set(key, text);
    if (this.#texts.size <= this.capacity) return;
    const [oldest] = this.#texts.keys();
    if (oldest !== undefined) this.#texts.delete(oldest);
  }
}

/** Names the strokes by a hash of 64 bits. @param place what reads them: the same strokes may be read in other ways */
export function strokesKey(place: string, { data, width, height }: InkMap): string {
  let a = 0x811c9dc5;
  let b = 0x9e3779b9;
  let word = 0;
  for (let i = 0; i < data.length; i++) {
    word = (word << 1) | (data[i] ?? 0);
    if ((i & 31) !== 31) continue;
    a = Math.imul(a ^ word, 0x01000193);
    b = Math.imul(b ^ (word >>> 7) ^ a, 0x85ebca6b) + 1;
    a ^= a >>> 15;
    b ^= b >>> 13;
  }
  a = Math.imul(a ^ word, 0x01000193);
  b = Math.imul(b ^ word, 0xc2b2ae35);
  return `${place} ${width}x${height} ${(a >>> 0).toString(36)} ${(b >>> 0).toString(36)}`;
}
