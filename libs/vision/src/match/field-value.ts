import type { Box, HudValue } from '@jiga/contracts';
import type { FieldRule } from './rules.js';

/** A value that a field is believed to have. */
export interface Belief {
  readonly value: number;
  readonly text: string;
  readonly confidence: number;
  readonly box: Box;
  /** Capture time of the frame that first showed it. */
  readonly since: number;
  /** Capture time of the last frame that showed it. */
  readonly seenAt: number;
  /** Number of frames that showed it. */
  readonly sights: number;
}

/** `shown`: on the screen; `hidden`: not drawn; `unreadable`: drawn but not to be read; `unknown`: never looked at. */
export type FieldState = 'shown' | 'hidden' | 'unreadable' | 'unknown';

/** No leading zeros: a game does not draw them, so they are misread. */
const INTEGER = /^(?:0|-?[1-9]\d*)$/;
const CLOCK = /(\d{1,3})\D{1,3}(\d{2})(?!\d)/;
const DIGIT_SWAPS: Readonly<Record<string, string>> = {
  o: '0',
  O: '0',
  Q: '0',
  D: '0',
  l: '1',
  I: '1',
  '|': '1',
  S: '5',
  B: '8',
};

function digitsOf(text: string): string {
  return text.replace(/[oOQDlI|SB]/g, (char) => DIGIT_SWAPS[char] ?? char);
}

/** The value that a text stands for, or null when it is none of the field's kind or out of its range. */
export function parseField(rule: FieldRule, text: string): number | null {
  const value = rule.kind === 'clock' ? parseClock(text) : parseInteger(text);
  return value === null || value < rule.min || value > rule.max ? null : value;
}

function parseInteger(text: string): number | null {
  const compact = digitsOf(text).replace(/\s+/g, '');
  return INTEGER.test(compact) ? Number(compact) : null;
}

/** `m:ss` to seconds; a lost colon is put back before the last two digits. */
function parseClock(text: string): number | null {
  const clean = digitsOf(text).replace(/\s+/g, '');
  const found = CLOCK.exec(clean) ?? /^(\d{1,2})(\d{2})$/.exec(clean);
  const [, minutes, seconds] = found ?? [];
  if (minutes === undefined || seconds === undefined || Number(seconds) >= 60) return null;
  return Number(minutes) * 60 + Number(seconds);
}

export function hudValue(rule: FieldRule, belief: Belief, value: number, now: number): HudValue {
  return {
    value,
    text: belief.text,
    ...(rule.unit === undefined ? {} : { unit: rule.unit }),
    confidence: round(belief.confidence),
    box: belief.box,
    age_ms: Math.max(0, Math.round((now - belief.seenAt) * 1000)),
  };
}

export function unreadableValue(box: Box | null, ageMs: number): HudValue {
  return { value: null, text: null, confidence: 0, box, age_ms: ageMs, unreadable: true };
}

/** Confidences leave the tracker with three digits. */
export function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
