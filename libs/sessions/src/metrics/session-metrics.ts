import { REUSE_KINDS, unixSeconds } from '@jiga/contracts';
import type {
  Clock,
  QualityState,
  ReuseCounts,
  ReuseKind,
  SelfConnections,
  SourceHealth,
  VisionMetadata,
  VisionResult,
} from '@jiga/contracts';

import { LatencyHistogram, type LatencySummary } from './latency-histogram.js';
import { VoiceFigures, type VoiceFiguresSnapshot } from './voice-figures.js';

/** Names of stages and reasons come from our own code; the cap is against a mistake there. */
const MAX_NAMES = 64;

/** What calls to providers came to. */
export interface ProviderFigures {
  readonly calls: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly audio_seconds: number;
  readonly cost_usd: number;
  /** Calls of which no price is known: their cost is not in `cost_usd`. */
  readonly unpriced_calls: number;
}

/** A session's figures, as the public API shows them. Times are Unix seconds, latencies milliseconds. */
export interface SessionMetricsSnapshot {
  readonly total_operations: number;
  readonly failed_operations: number;
  readonly last_operation_time: number | null;
  readonly twitch_connection_failed: boolean;
  readonly twitch_error_message: string | null;
  readonly session_failed_at: number | null;
  readonly frames: {
    readonly received: number;
    readonly bytes: number;
    readonly analysed: number;
    readonly failed: number;
    readonly dropped: Readonly<Record<string, number>>;
    readonly last_received_at: number | null;
  };
  readonly analyses: { readonly heavy: number; readonly last_at: number | null };
  /** Results that go on from an earlier heavy stage, and what was used again within heavy stages. */
  readonly cache: ReuseCounts & { readonly by_kind: Readonly<Record<ReuseKind, ReuseCounts>> };
  /** Per stage: `queue`, `decode`, `cheap`, `heavy_wait`, `heavy`, `processing`, … */
  readonly latency_ms: Readonly<Record<string, LatencySummary>>;
  readonly sockets: { readonly open: number; readonly total: number };
  /** Of an ingested stream; null without one. */
  readonly source: SourceHealth | null;
  readonly auto_connect: SelfConnections;
  readonly audio: VoiceFiguresSnapshot;
  /** In all, and by `provider:model`. */
  readonly providers: ProviderFigures & { readonly by_model: Readonly<Record<string, ProviderFigures>> };
  readonly quality: QualityState;
}

/** Of a session that no frame could come to yet. */
export const FULL_QUALITY: QualityState = {
  level: 0,
  target_p95_ms: null,
  p95_ms: null,
  steps: 0,
  last_change_at: null,
  last_reason: null,
};

const OFF = { state: 'off', reconnects: 0, last_error: null } as const;
export const NO_SELF_CONNECTIONS: SelfConnections = { audio: OFF, high_speed_vision: OFF };

const NO_CALLS: ProviderFigures = {
  calls: 0,
  input_tokens: 0,
  output_tokens: 0,
  audio_seconds: 0,
  cost_usd: 0,
  unpriced_calls: 0,
};
/** Beyond these, calls count in the sums alone. */
const MAX_MODELS = 32;

/** Counts what a session does. Cheap enough for every frame: no allocation but the first of a name, no waiting. */
export class SessionMetrics {
  readonly #dropped = new Map<string, number>();
  readonly #latency = new Map<string, LatencyHistogram>();
  #operations = 0;
  #failedOperations = 0;
  #lastOperationAt: number | null = null;
  #failedAt: number | null = null;
  #framesReceived = 0;
  #frameBytes = 0;
  #framesAnalysed = 0;
  #framesFailed = 0;
  #lastFrameAt: number | null = null;
  /** The same on the monotonic clock, in milliseconds. */
  lastFrameAtMs: number | null = null;
  #heavy = 0;
  #lastAnalysisAt: number | null = null;
  #cacheHits = 0;
  #cacheMisses = 0;
  readonly #reuse = noReuse();
  #socketsOpen = 0;
  #socketsTotal = 0;
  #twitchError: string | null = null;
  /** Asked whenever figures are read; null before the first frame can come. */
  quality: (() => QualityState) | null = null;
  /** Asked whenever figures are read; null without an ingested stream. */
  sourceHealth: (() => SourceHealth) | null = null;
  /** Asked whenever figures are read. */
  selfConnections: () => SelfConnections = () => NO_SELF_CONNECTIONS;
  #calls = NO_CALLS;
  readonly #callsByModel = new Map<string, ProviderFigures>();
  readonly voice: VoiceFigures;

  constructor(private readonly clock: Clock) {
    this.voice = new VoiceFigures({
      clock,
      onOperation: () => this.#operation(),
      onLatency: (stage, ms) => this.latency(stage, ms),
    });
  }

  /** A frame came in, whatever becomes of it. */
  frameReceived(bytes: number): void {
    this.#framesReceived++;
    this.#frameBytes += bytes;
    this.#lastFrameAt = unixSeconds(this.clock);
    this.lastFrameAtMs = this.clock.monotonicMs();
  }

  frameAnalysed({ metadata }: Pick<VisionResult, 'metadata'>): void {
    this.#operation();
    this.#framesAnalysed++;
    this.#lastAnalysisAt = this.#lastOperationAt;
    if (metadata.stages_ms['heavy'] !== undefined) this.#heavy++;
    if (metadata.cache === 'hit') this.#cacheHits++;
    else if (metadata.cache === 'miss') this.#cacheMisses++;
    if (metadata.reuse) this.#countReuse(metadata.reuse);
    for (const [stage, ms] of Object.entries(metadata.stages_ms)) this.latency(stage, ms);
    this.latency('queue', metadata.queue_ms);
    this.latency('processing', metadata.processing_ms);
  }

  /** The frame was given up on purpose, for a stable snake_case reason such as `superseded`. */
  frameDropped(reason: string): void {
    if (!this.#dropped.has(reason) && this.#dropped.size >= MAX_NAMES) return;
    this.#dropped.set(reason, (this.#dropped.get(reason) ?? 0) + 1);
  }

  /** The frame could not be analysed. */
  frameFailed(): void {
    this.#operation();
    this.#failedOperations++;
    this.#framesFailed++;
  }

  latency(stage: string, ms: number): void {
    let histogram = this.#latency.get(stage);
    if (!histogram) {
      if (this.#latency.size >= MAX_NAMES) return;
      histogram = new LatencyHistogram();
      this.#latency.set(stage, histogram);
    }
    histogram.record(ms);
  }

  /** A call to a provider has ended, also one in vain that cost something. */
  providerCalled(provider: string, model: string, figures: ProviderFigures): void {
    this.#calls = sum(this.#calls, figures);
    const name = `${provider}:${model}`;
    const known = this.#callsByModel.get(name);
    if (!known && this.#callsByModel.size >= MAX_MODELS) return;
    this.#callsByModel.set(name, sum(known ?? NO_CALLS, figures));
  }

  socketOpened(): void {
    this.#socketsOpen++;
    this.#socketsTotal++;
  }

  socketClosed(): void {
    this.#socketsOpen--;
  }

  sessionFailed(): void {
    this.#operation();
    this.#failedOperations++;
    this.#failedAt = this.#lastOperationAt;
  }

  /** The Twitch channel could not be had, in the end; `message` is for the client's reader. */
  twitchFailed(message: string): void {
    this.#twitchError = message;
  }

  snapshot(): SessionMetricsSnapshot {
    return {
      total_operations: this.#operations,
      failed_operations: this.#failedOperations,
      last_operation_time: this.#lastOperationAt,
      twitch_connection_failed: this.#twitchError !== null,
      twitch_error_message: this.#twitchError,
      session_failed_at: this.#failedAt,
      frames: {
        received: this.#framesReceived,
        bytes: this.#frameBytes,
        analysed: this.#framesAnalysed,
        failed: this.#framesFailed,
        dropped: Object.fromEntries(this.#dropped),
        last_received_at: this.#lastFrameAt,
      },
      analyses: { heavy: this.#heavy, last_at: this.#lastAnalysisAt },
      cache: { hits: this.#cacheHits, misses: this.#cacheMisses, by_kind: structuredClone(this.#reuse) },
      latency_ms: Object.fromEntries([...this.#latency].map(([stage, histogram]) => [stage, histogram.summary()])),
      sockets: { open: this.#socketsOpen, total: this.#socketsTotal },
      source: this.sourceHealth?.() ?? null,
      quality: this.quality?.() ?? FULL_QUALITY,
      auto_connect: this.selfConnections(),
      audio: this.voice.snapshot(),
      providers: { ...this.#calls, by_model: Object.fromEntries(this.#callsByModel) },
    };
  }

  #countReuse(reuse: NonNullable<VisionMetadata['reuse']>): void {
    for (const kind of REUSE_KINDS) {
      this.#reuse[kind].hits += reuse[kind]?.hits ?? 0;
      this.#reuse[kind].misses += reuse[kind]?.misses ?? 0;
    }
  }

  #operation(): void {
    this.#operations++;
    this.#lastOperationAt = unixSeconds(this.clock);
  }
}

const noReuse = (): Record<ReuseKind, { hits: number; misses: number }> => ({
  scene: { hits: 0, misses: 0 },
  hud: { hits: 0, misses: 0 },
  text: { hits: 0, misses: 0 },
});

const sum = (a: ProviderFigures, b: ProviderFigures): ProviderFigures => ({
  calls: a.calls + b.calls,
  input_tokens: a.input_tokens + b.input_tokens,
  output_tokens: a.output_tokens + b.output_tokens,
  audio_seconds: a.audio_seconds + b.audio_seconds,
  cost_usd: a.cost_usd + b.cost_usd,
  unpriced_calls: a.unpriced_calls + b.unpriced_calls,
});
