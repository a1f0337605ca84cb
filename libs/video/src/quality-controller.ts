import type { AnalysisEffort, Clock, QualityReason } from '@jiga/contracts';

/** What is done for each frame at one level of quality, and what its session's credit comes to. */
export interface QualityLevel {
  readonly effort: AnalysisEffort;
  /** null = the server's own limit. */
  readonly maxPx: number | null;
  /** Parts of the full credit. */
  readonly fps: number;
  readonly inFlight: number;
}

const level = (
  [intervalFactor, textBudget]: readonly [number, number],
  restingSkills: readonly string[],
  maxPx: number | null,
  [fps, inFlight]: readonly [number, number],
): QualityLevel => ({ effort: { intervalFactor, textBudget, restingSkills }, maxPx, fps, inFlight });

/** From everything down. What costs most for the least is given up first. */
export const QUALITY_LEVELS: readonly QualityLevel[] = [
  level([1, 1], [], null, [1, 1]),
  level([2, 1], [], null, [1, 1]),
  level([3, 0.5], ['text_detection'], 1280 * 720, [1, 0.5]),
  level([4, 0.5], ['text_detection', 'tactics'], 854 * 480, [1, 0.5]),
  level([8, 0.25], ['text_detection', 'tactics'], 480 * 270, [0.5, 0.25]),
];

/** A window is judged when it has lasted so long and holds so many answers. */
const WINDOW_MS = 2_000;
const WINDOW_ANSWERS = 10;
/** An older window tells nothing of now. */
const WINDOW_MAX_MS = 30_000;
const SAMPLES = 256;
/** Below this part of the target there is room for more. */
const CALM_PART = 0.7;
/** Calm windows in a row before a step up; doubled each time such a step does not hold. */
const CALM_WINDOWS = 5;
const CALM_WINDOWS_MAX = 40;
/** A step up has held when nothing had to be taken back for so long. */
const HELD_MS = 60_000;

export interface QualityStep {
  readonly from: number;
  readonly to: number;
  readonly reason: QualityReason;
  /** What it was decided on. Milliseconds. */
  readonly p95Ms: number;
}

/**
 * Holds the time to an answer below a target: a window whose 95th percentile is above it takes the quality one level
 * down; several calm ones in a row take it one up. A step up that had to be taken back makes the next one wait longer,
 * so that the quality does not swing.
 */
export class QualityController {
  readonly #samples = new Float64Array(SAMPLES);
  #count = 0;
  #windowAtMs: number;
  #level = 0;
  #calm = 0;
  #calmNeeded = CALM_WINDOWS;
  #steppedUpAtMs: number | null = null;
  #p95Ms: number | null = null;

  constructor(
    private readonly targetMs: number,
    private readonly clock: Clock,
  ) {
    this.#windowAtMs = clock.monotonicMs();
  }

  get level(): number {
    return this.#level;
  }

  /** Of the last window that was judged. */
  get p95Ms(): number | null {
    return this.#p95Ms;
  }

  /** Takes the time of one answer; returns the step that it leads to, if any. */
  note(latencyMs: number): QualityStep | null {
    const nowMs = this.clock.monotonicMs();
    if (nowMs - this.#windowAtMs > WINDOW_MAX_MS) this.#beginWindow(nowMs);
    this.#samples[this.#count % SAMPLES] = latencyMs;
    this.#count += 1;
    if (nowMs - this.#windowAtMs < WINDOW_MS || this.#count < WINDOW_ANSWERS) return null;
    const p95Ms = this.#percentile();
    this.#p95Ms = p95Ms;
    this.#beginWindow(nowMs);
    return this.#judge(p95Ms, nowMs);
  }

  #judge(p95Ms: number, nowMs: number): QualityStep | null {
    if (p95Ms > this.targetMs) {
      this.#calm = 0;
      if (this.#level === QUALITY_LEVELS.length - 1) return null;
      const wasTooEarly = this.#steppedUpAtMs !== null && nowMs - this.#steppedUpAtMs < HELD_MS;
      this.#calmNeeded = wasTooEarly ? Math.min(CALM_WINDOWS_MAX, this.#calmNeeded * 2) : CALM_WINDOWS;
      this.#steppedUpAtMs = null;
      return this.#stepTo(this.#level + 1, 'p95_above_target', p95Ms);
    }
    this.#calm = p95Ms < this.targetMs * CALM_PART ? this.#calm + 1 : 0;
    if (this.#level === 0 || this.#calm < this.#calmNeeded) return null;
    this.#calm = 0;
    this.#steppedUpAtMs = nowMs;
    return this.#stepTo(this.#level - 1, 'p95_below_target', p95Ms);
  }

  #stepTo(to: number, reason: QualityReason, p95Ms: number): QualityStep {
    const from = this.#level;
    this.#level = to;
    return { from, to, reason, p95Ms };
  }

  #beginWindow(nowMs: number): void {
    this.#windowAtMs = nowMs;
    this.#count = 0;
  }

  #percentile(): number {
    const sorted = this.#samples.slice(0, Math.min(this.#count, SAMPLES)).sort();
    return Math.round((sorted[Math.ceil(sorted.length * 0.95) - 1] ?? 0) * 100) / 100;
  }
}
