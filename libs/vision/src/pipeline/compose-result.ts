import { newId } from '@jiga/contracts';
import type { Detection, FrameInfo, VisionMetadata, VisionResult } from '@jiga/contracts';
import type { MatchSnapshot } from '../match/index.js';
import type { SceneChange } from '../scene/scene.js';
import { elapsedMs } from './heavy-schedule.js';
import type { HeavyStart, Moment } from './heavy-schedule.js';

export const NOTHING_KNOWN: MatchSnapshot = {
  game: null,
  game_mode: null,
  map: null,
  teams: null,
  hud: {},
  events: [],
  tactical: { threat_level: null, situation: null, recommendations: [] },
  callouts: [],
  team_messages: [],
  confidence: null,
};

/** What the cheap stage made of a frame. */
export interface CheapFrame {
  readonly info: FrameInfo;
  readonly scene: SceneChange;
  readonly moment: Moment;
  readonly heavy: HeavyStart | null;
  readonly decodeMs: number;
  readonly cheapMs: number;
}

/** What a heavy stage took, and what of its work was known. */
export interface HeavyRun {
  readonly stages: Readonly<Record<string, number>>;
  readonly reuse: NonNullable<VisionMetadata['reuse']>;
}

/** What is known when a frame is answered, beside what its own stages found. */
export interface Known {
  readonly match: MatchSnapshot;
  readonly detections: readonly Detection[];
  readonly mode: VisionMetadata['mode'];
  readonly hasHeavyStage: boolean;
  /** The frame that was last read by the heavy stage. */
  readonly lastRead: Moment | null;
  readonly queueMs: number;
  readonly processingMs: number;
}

/**
 * Puts a frame's result together.
 * @param stages milliseconds that each stage took
 * @param reuse null where nothing was read
 */
export function composeResult(
  { info, scene, moment, heavy }: CheapFrame,
  stages: Readonly<Record<string, number>>,
  reuse: HeavyRun['reuse'] | null,
  { match, detections, mode, hasHeavyStage, lastRead, queueMs, processingMs }: Known,
): VisionResult {
  return {
    analysis_id: newId('analysis'),
    frame: info,
    ...match,
    detections,
    metadata: {
      provider: 'local',
      mode,
      cache: hasHeavyStage ? (heavy ? 'miss' : 'hit') : 'off',
      ...(reuse && { reuse }),
      heavy_age_ms: lastRead ? hundredths(Math.max(0, elapsedMs(lastRead, moment))) : null,
      stages_ms: Object.fromEntries(Object.entries(stages).map(([stage, ms]) => [stage, hundredths(ms)])),
      queue_ms: hundredths(queueMs),
      processing_ms: hundredths(processingMs),
      motion: scene.motion === null ? null : Math.round(scene.motion * 10_000) / 10_000,
      scene_cut: scene.cut,
    },
  };
}

const hundredths = (value: number): number => Math.round(value * 100) / 100;
