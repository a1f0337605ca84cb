import type { Callout, GameEvent, VisionResult } from '../vision.js';

/** Facts that vision found. `at` is Unix seconds. */
export interface VisionEvents {
  'vision.frame_analysed': { readonly sessionId: string; readonly at: number; readonly result: VisionResult };
  'vision.game_event': { readonly sessionId: string; readonly at: number; readonly event: GameEvent };
  'vision.callout': { readonly sessionId: string; readonly at: number; readonly callout: Callout };
}
