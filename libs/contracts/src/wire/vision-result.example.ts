import type { Callout, VisionResult } from '../vision.js';

export const CALLOUT_EXAMPLE: Callout = {
  callout_id: 'call_2sWq8ZkFh0TtVbX1m5YcRd',
  text: 'Health is low. Fall back and heal.',
  priority: 'urgent',
  category: 'survival',
  timestamp: 1767225600.125,
  expires_at: 1767225603.125,
  reason: 'health 18',
};

/** A result as the documentation shows it; typed, so that it cannot fall behind. */
export const VISION_RESULT_EXAMPLE: VisionResult = {
  analysis_id: 'ana_7Jd0pQxkV3nLrB9sYhM2ea',
  frame: {
    id: 'frm_5bTgW1uCzN8oKpE4vRi6Sf',
    sequence: 12,
    timestamp: 1767225600.125,
    width: 1280,
    height: 720,
    hash: '8f3c1e0f0e1c387c',
    source: 'direct_screen',
    channel: null,
  },
  game: { id: 'openarena', name: 'OpenArena', confidence: 0.98, phase: 'playing' },
  game_mode: { name: 'capture the flag', confidence: 0.9, evidence: 'flag icons' },
  map: null,
  teams: { player_team: 'red', scores: { red: 1, blue: 0 }, players: [] },
  hud: {
    health: { value: 18, text: '18', confidence: 0.99, box: [0.29, 0.9, 0.075, 0.089], age_ms: 0 },
    ammo: { value: 43, text: '43', confidence: 0.97, box: [0.0, 0.9, 0.075, 0.089], age_ms: 210 },
    timer: { value: null, text: null, confidence: 0, box: [0.94, 0.0, 0.06, 0.03], age_ms: 0, unreadable: true },
  },
  detections: [],
  events: [
    {
      event_id: 'evt_0mXcG5rQyJ7tDlA2wZu9Hk',
      type: 'low_health',
      timestamp: 1767225600.125,
      confidence: 0.99,
      detail: { health: 18 },
      evidence: { text: '18' },
    },
  ],
  tactical: {
    threat_level: 'high',
    situation: 'Low on health.',
    recommendations: [{ text: 'Fall back and heal.', reason: 'health 18', confidence: 0.9 }],
  },
  callouts: [CALLOUT_EXAMPLE],
  team_messages: [],
  confidence: 0.95,
  metadata: {
    provider: 'local',
    mode: 'normal',
    cache: 'off',
    heavy_age_ms: 0,
    stages_ms: { decode: 1.4, cheap: 0.3, heavy: 31.2 },
    queue_ms: 0.2,
    processing_ms: 33.1,
    motion: 0.02,
    scene_cut: false,
  },
};
