import type { Detection, ReuseCounts } from '@jiga/contracts';
import type { EndRequest } from '@jiga/platform';
import type { FrameReadings } from '../types.js';

/** What is read: all of the HUD, or only its numbers, which cost little and must not be late. */
export type ReadingScope = 'all' | 'numbers';

/** One frame for the heavy stage. `bytes` is the encoded picture and changes its owner. */
export interface RecognitionJob {
  readonly scope: ReadingScope;
  readonly sessionId: string;
  readonly bytes: Uint8Array;
  /** Capture time, Unix seconds. */
  readonly timestamp: number;
  readonly sceneCut: boolean;
  /** Profile id, or `auto`. */
  readonly game: string;
  /** Time after which no further text recognition is begun. */
  readonly budgetMs: number;
  /** Whether text is looked for in games without a profile. */
  readonly findText: boolean;
  /** Whether text may be taken from what was read for other frames and sessions. */
  readonly shareText: boolean;
}

export interface RecognitionResult {
  readonly readings: FrameReadings;
  /** Text found without a profile. */
  readonly detections: readonly Detection[];
  /** Regions that there was no time for. */
  readonly deferred: readonly string[];
  /** What was known already, and what was worked out anew. */
  readonly reuse: { readonly hud: ReuseCounts; readonly text: ReuseCounts };
  readonly stagesMs: { readonly decode: number; readonly read: number };
}

/** All are done one after the other. */
export type WorkerRequest =
  | EndRequest
  | { readonly type: 'analyse'; readonly id: number; readonly job: RecognitionJob }
  | { readonly type: 'forget'; readonly sessionId: string };

export type WorkerReply =
  | { readonly type: 'ready' }
  | { readonly type: 'done'; readonly id: number; readonly result: RecognitionResult }
  | { readonly type: 'failed'; readonly id: number; readonly damaged: boolean; readonly message: string };
