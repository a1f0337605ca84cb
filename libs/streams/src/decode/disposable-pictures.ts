import type { StreamVariant } from '../stream-ingest.port.js';

/** Renditions up to this height are decoded whole: it costs little. */
const WHOLE_UP_TO_HEIGHT = 480;
/** Encoders put up to three pictures that nothing else is made of between two others. */
const DISPOSABLE_RUN = 3;
/** Pictures to choose from for each one wanted, so that it is near its moment: they do not come evenly. */
const CHOICE = 3;
/** Of a source that does not say. */
const USUAL_FPS = 30;

/**
 * Whether to decode a rendition without the pictures that nothing else is made of (most B-frames), which halves the work.
 * Only where what is left is still plenty for `fps` pictures a second.
 */
export function leavesOutDisposable({ height, isSource, fps }: StreamVariant, wantedFps: number): boolean {
  const isCostly = isSource || (height ?? 0) > WHOLE_UP_TO_HEIGHT;
  return isCostly && (fps ?? USUAL_FPS) / (DISPOSABLE_RUN + 1) >= wantedFps * CHOICE;
}
