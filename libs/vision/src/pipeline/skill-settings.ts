import { CALLOUT_PRIORITIES, GAME_EVENT_TYPES, HUD_FIELDS } from '@jiga/contracts';
import type { CalloutPriority, JsonSchema } from '@jiga/contracts';

import { CALLOUT_CATEGORIES } from '../match/index.js';
import { PROFILES } from '../profiles/profile.registry.js';

/** What can be set of each skill, with every default filled in; null = as the rules of the game have it. */
export interface SkillSettings {
  readonly hud_reading: { readonly min_confidence: number; readonly fields: readonly string[] | null };
  readonly text_detection: { readonly min_confidence: number; readonly max_detections: number };
  readonly game_events: {
    readonly min_confidence: number;
    readonly types: readonly string[] | null;
    /** Health at or below it is low. */
    readonly low_health_at: number | null;
  };
  readonly tactics: { readonly min_confidence: number; readonly max_recommendations: number };
  readonly callouts: {
    readonly min_priority: CalloutPriority;
    readonly categories: readonly string[] | null;
    readonly per_minute: number | null;
    readonly cooldown_seconds: number | null;
  };
}

export const SKILL_DEFAULTS: SkillSettings = {
  hud_reading: { min_confidence: 0, fields: null },
  text_detection: { min_confidence: 0, max_detections: 100 },
  game_events: { min_confidence: 0, types: null, low_health_at: null },
  tactics: { min_confidence: 0, max_recommendations: 3 },
  callouts: { min_priority: 'info', categories: null, per_minute: null, cooldown_seconds: null },
};

const minConfidence = (what: string): JsonSchema => ({
  type: 'number',
  minimum: 0,
  maximum: 1,
  default: 0,
  description: `${what} of a lower confidence are left out.`,
});
const onlyThese = (values: readonly string[], description: string): JsonSchema => ({
  type: 'array',
  items: { type: 'string', enum: values },
  minItems: 1,
  maxItems: values.length,
  description: `${description} Without it, all.`,
});

const FIELDS = [...HUD_FIELDS, ...PROFILES.flatMap(({ regions }) => regions.flatMap(({ field }) => field ?? []))];

/** The same as JSON Schema, which is also what settings are checked against. */
export const SKILL_SCHEMAS: { readonly [K in keyof SkillSettings]: Readonly<Record<string, JsonSchema>> } = {
  hud_reading: {
    min_confidence: minConfidence('Values'),
    fields: onlyThese([...new Set(FIELDS)], 'The only fields that results show; all are still read.'),
  },
  text_detection: {
    min_confidence: minConfidence('Texts'),
    max_detections: {
      type: 'integer',
      minimum: 1,
      maximum: 100,
      default: 100,
      description: 'Most texts in a result: those of the highest confidence.',
    },
  },
  game_events: {
    min_confidence: minConfidence('Events'),
    types: onlyThese(GAME_EVENT_TYPES, 'The only events that are told.'),
    low_health_at: {
      type: 'integer',
      minimum: 1,
      maximum: 200,
      description: 'Health at or below it is low. Without it, as the game has it.',
    },
  },
  tactics: {
    min_confidence: minConfidence('Recommendations'),
    max_recommendations: { type: 'integer', minimum: 0, maximum: 3, default: 3, description: 'Most in a result.' },
  },
  callouts: {
    min_priority: {
      type: 'string',
      enum: CALLOUT_PRIORITIES,
      default: 'info',
      description: 'What matters less is not said.',
    },
    categories: onlyThese(CALLOUT_CATEGORIES, 'The only categories that are spoken of.'),
    per_minute: {
      type: 'integer',
      minimum: 1,
      maximum: 60,
      description: 'Most callouts in a minute. Without it, as the game has it.',
    },
    cooldown_seconds: {
      type: 'number',
      minimum: 0,
      maximum: 600,
      description: 'Least time between two callouts of one sort. Without it, as the game has it.',
    },
  },
};
