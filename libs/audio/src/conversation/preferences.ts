import type { CalloutPriority } from '@jiga/contracts';

import type { ControlAction } from '../understanding/intent.js';

/** What the player has told the voice about itself. It lasts as long as the session. */
export interface VoicePreferences {
  /** Callouts from here on are spoken; null = none. */
  readonly calloutsFrom: CalloutPriority | null;
  /** 1 = as the voice speaks. */
  readonly rate: number;
  readonly volume: number;
}

export const DEFAULT_PREFERENCES: VoicePreferences = { calloutsFrom: 'info', rate: 1, volume: 1 };

const STEP = 1.25;
const [RATE_MIN, RATE_MAX] = [0.5, 2];
const [VOLUME_MIN, VOLUME_MAX] = [0.2, 2];

/** The preferences after a control was spoken; what is at its end stays there. */
export function applyControl(action: ControlAction, preferences: VoicePreferences): VoicePreferences {
  const { rate, volume } = preferences;
  switch (action) {
    case 'mute':
      return { ...preferences, calloutsFrom: null };
    case 'only_urgent':
      return { ...preferences, calloutsFrom: 'urgent' };
    case 'unmute':
    case 'all_callouts':
      return { ...preferences, calloutsFrom: 'info' };
    case 'slower':
      return { ...preferences, rate: Math.max(RATE_MIN, rate / STEP) };
    case 'faster':
      return { ...preferences, rate: Math.min(RATE_MAX, rate * STEP) };
    case 'quieter':
      return { ...preferences, volume: Math.max(VOLUME_MIN, volume / STEP) };
    case 'louder':
      return { ...preferences, volume: Math.min(VOLUME_MAX, volume * STEP) };
    default:
      return preferences;
  }
}
