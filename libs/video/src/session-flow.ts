import { FULL_EFFORT, unixSeconds } from '@jiga/contracts';
import type { AnalysisEffort, Clock, Credit, QualityReason, QualityState } from '@jiga/contracts';
import { TokenBucket } from '@jiga/platform';

import type { FrameIntake } from './frame-intake.js';
import { QUALITY_LEVELS, QualityController, type QualityStep } from './quality-controller.js';
import { RateMeter } from './rate-meter.js';

export interface FlowOptions {
  readonly intake: FrameIntake;
  readonly clock: Clock;
  /** What the session's settings grant at full quality. */
  readonly credit: Credit;
  /** Frames above so many times `max_fps`, averaged, are refused. */
  readonly rateTolerance: number;
  /** null = no target: the quality stays full. Milliseconds. */
  readonly targetP95Ms: number | null;
  /** The quality went one level down or up; the credit is new already. */
  readonly onStep: (step: QualityStep, effort: AnalysisEffort) => void;
}

/** Seconds of the tolerated rate that may come at once; and at least so many frames. */
const BURST_S = 5;
const BURST_MIN = 100;
/** After the credit for pixels went down, pictures of the old size are still taken for so long: some are under way. */
const SIZE_GRACE_MS = 2_000;

/** How the frames of one session may come: its credit, what is refused beyond it, and the quality that its target allows. */
export class SessionFlow {
  readonly received: RateMeter;
  readonly analysed: RateMeter;
  readonly #bucket: TokenBucket;
  readonly #quality: QualityController | null;
  #credit: Credit;
  #pixelsBefore: number;
  #sizeChangedAtMs = Number.NEGATIVE_INFINITY;
  #steps = 0;
  #lastChangeAt: number | null = null;
  #lastReason: QualityReason | null = null;

  constructor(private readonly options: FlowOptions) {
    const { clock, credit, rateTolerance, targetP95Ms } = options;
    const perSecond = credit.max_fps * rateTolerance;
    this.#credit = credit;
    this.#pixelsBefore = credit.max_px;
    this.#bucket = new TokenBucket(clock, perSecond, Math.max(BURST_MIN, perSecond * BURST_S));
    this.#quality = targetP95Ms === null ? null : new QualityController(targetP95Ms, clock);
    this.received = new RateMeter(clock);
    this.analysed = new RateMeter(clock);
  }

  get intake(): FrameIntake {
    return this.options.intake;
  }

  get credit(): Credit {
    return this.#credit;
  }

  get quality(): QualityState {
    return {
      level: this.#quality?.level ?? 0,
      target_p95_ms: this.options.targetP95Ms,
      p95_ms: this.#quality?.p95Ms ?? null,
      steps: this.#steps,
      last_change_at: this.#lastChangeAt,
      last_reason: this.#lastReason,
    };
  }

  /** Counts a frame that came; false when it is far above the rate and must be refused. */
  takeRate(): boolean {
    this.received.note();
    return this.isWithinRate();
  }

  /** The same for a frame that is counted already: one picked from a stream, whose other frames cost nothing. */
  isWithinRate(): boolean {
    return this.#bucket.take();
  }

  /** Whether the credit has room for a picture of this size. */
  takesPixels(pixels: number): boolean {
    if (pixels <= this.#credit.max_px) return true;
    const sinceMs = this.options.clock.monotonicMs() - this.#sizeChangedAtMs;
    return sinceMs < SIZE_GRACE_MS && pixels <= this.#pixelsBefore;
  }

  /** A frame was answered with a result so long after its receipt. */
  answered(latencyMs: number): void {
    this.analysed.note();
    const step = this.#quality?.note(latencyMs);
    if (step) this.#take(step);
  }

  #take(step: QualityStep): void {
    const { clock, credit, onStep } = this.options;
    const level = QUALITY_LEVELS[step.to];
    this.#steps += 1;
    this.#lastChangeAt = unixSeconds(clock);
    this.#lastReason = step.reason;
    this.#pixelsBefore = this.#credit.max_px;
    this.#sizeChangedAtMs = clock.monotonicMs();
    this.#credit = {
      max_in_flight: Math.max(1, Math.floor(credit.max_in_flight * (level?.inFlight ?? 1))),
      max_fps: credit.max_fps * (level?.fps ?? 1),
      max_px: Math.min(credit.max_px, level?.maxPx ?? credit.max_px),
    };
    onStep(step, level?.effort ?? FULL_EFFORT);
  }
}
