import type { RecognitionJob, RecognitionResult } from './worker.messages.js';

/** Where the pipeline sends frames for the heavy stage. */
export interface RecognitionPort {
  /** Why pictures are not read, for the operator; null = nothing is known to be wrong. */
  readonly problem: string | null;
  /** Gets ready ahead of the first job, which would else wait for it. */
  prepare(): void;
  /** About how long a job of this session would wait for others now, in milliseconds. */
  waitMs(sessionId: string): number;
  /**
   * Reads one frame; takes over `job.bytes`. Rejects with AppError `invalid_image` or `vision_failed`.
   * Sessions that wait take turns; the jobs of one go in order.
   */
  analyse(job: RecognitionJob): Promise<RecognitionResult>;
  /** Drops what is remembered of a session and rejects its job, if one is waiting or under way. */
  forget(sessionId: string): void;
  close(): Promise<void>;
}
