import type { Box, Detection, JsonObject } from '@jiga/contracts';

import type { VisionFindings } from '../ports/index.js';

const CATEGORIES = [
  'hud_text',
  'icon',
  'player',
  'object',
  'banner',
] as const satisfies readonly Detection['category'][];
const MAX_ITEMS = 50;
const MAX_TEXT = 400;
const MAX_DESCRIPTION = 1_000;

const place = {
  type: 'array',
  items: { type: 'number' },
  description: '[x, y, width, height], each 0 to 1 of the picture; an empty list when you cannot say where.',
};
const confidence = { type: 'number', description: 'How sure you are, 0 to 1.' };
const object = (properties: JsonObject): JsonObject => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

/** What a model is asked to answer with. Flat and without null, because vendors differ in what of JSON Schema they take. */
export const FINDINGS_SCHEMA: JsonObject = object({
  game: { type: 'string', description: 'Name of the game; empty when you do not know.' },
  game_confidence: confidence,
  scene: { type: 'string', description: 'What happens, in one or two sentences; empty when you cannot tell.' },
  scene_confidence: confidence,
  detections: {
    type: 'array',
    items: object({
      label: { type: 'string' },
      category: { type: 'string', enum: CATEGORIES },
      confidence,
      box: place,
    }),
  },
  texts: { type: 'array', items: object({ text: { type: 'string' }, confidence, box: place }) },
});

/** A model's answer as findings: what is out of bounds is cut or left out. Null when it is not of the asked form at all. */
export function readFindings(answer: unknown): VisionFindings | null {
  if (typeof answer !== 'object' || answer === null || !('scene' in answer) || !('game' in answer)) return null;
  const fields = answer as Record<string, unknown>;
  const game = textOf(fields['game'], MAX_TEXT);
  const scene = textOf(fields['scene'], MAX_DESCRIPTION);
  return {
    game: game === null ? null : { name: game, confidence: shareOf(fields['game_confidence']) },
    scene: scene === null ? null : { description: scene, confidence: shareOf(fields['scene_confidence']) },
    detections: itemsOf(fields['detections']).flatMap((item) => {
      const label = textOf(item['label'], MAX_TEXT);
      const category = CATEGORIES.find((known) => known === item['category']) ?? 'object';
      return label === null
        ? []
        : [{ label, category, confidence: shareOf(item['confidence']), box: boxOf(item['box']) }];
    }),
    texts: itemsOf(fields['texts']).flatMap((item) => {
      const text = textOf(item['text'], MAX_TEXT);
      return text === null ? [] : [{ text, confidence: shareOf(item['confidence']), box: boxOf(item['box']) }];
    }),
  };
}

/** The first JSON object within a text: models without structured output put words or fences around it. Null = none. */
export function findJson(text: string): unknown {
  const start = text.indexOf('{');
  const end = text.lastIndexOf('}');
  if (start < 0 || end < start) return null;
  try {
    return JSON.parse(text.slice(start, end + 1)) as unknown;
  } catch {
    return null;
  }
}

function itemsOf(value: unknown): Record<string, unknown>[] {
  const items: unknown[] = Array.isArray(value) ? value.slice(0, MAX_ITEMS) : [];
  return items.filter((item): item is Record<string, unknown> => typeof item === 'object' && item !== null);
}

function textOf(value: unknown, maxLength: number): string | null {
  const text = typeof value === 'string' ? value.trim().slice(0, maxLength) : '';
  return text === '' ? null : text;
}

/** Not sure at all when it does not say. */
const shareOf = (value: unknown): number =>
  typeof value === 'number' && Number.isFinite(value) ? Math.min(Math.max(value, 0), 1) : 0;

function boxOf(value: unknown): Box | null {
  if (!Array.isArray(value) || value.length !== 4) return null;
  const [x, y, width, height] = value as unknown[];
  const isShare = (part: unknown): part is number => typeof part === 'number' && part >= 0 && part <= 1;
  if (!isShare(x) || !isShare(y) || !isShare(width) || !isShare(height)) return null;
  return width > 0 && height > 0 && x + width <= 1.001 && y + height <= 1.001 ? [x, y, width, height] : null;
}
