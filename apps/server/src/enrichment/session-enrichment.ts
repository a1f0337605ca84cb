import { Logger } from '@nestjs/common';

import type { Clock, SceneFindings, SceneFrame, SessionConfiguration } from '@jiga/contracts';
import { hashDistance, shrinkToJpeg } from '@jiga/media';
import type { ProviderRouter, Served, VisionAnswer } from '@jiga/providers';

export type EnrichmentSettings = Pick<
  SessionConfiguration,
  'analysis_interval' | 'high_speed_vision' | 'high_speed_config' | 'model_provider'
>;

/** The part of a live session that enrichment looks at; read anew for each call, since clients change settings. */
export interface EnrichedSession {
  readonly id: string;
  readonly configuration: EnrichmentSettings;
  readonly signal: AbortSignal;
}

export interface EnrichmentDeps {
  readonly router: Pick<ProviderRouter, 'vision'>;
  readonly clock: Clock;
  /** In analysis intervals. */
  readonly every: number;
}

/** Scenes of a session that are remembered. */
const SCENES_MAX = 8;
const HASH_BITS = 64;
const OUTPUT_TOKENS_MAX = 900;
/** Of normal sessions, as of frames that this server fetches for them: 640×360. */
const NORMAL = { maxSide: 640, quality: 50 };
const MAX_SIDES = { low: 1280, medium: 960, high: 640 } as const;
/** Without another answer, one is told of for so many times the least time between two, and at least for so long. */
const STALE_AFTER = 2;
const STALE_MIN_MS = 10_000;
const QUESTION =
  'Name the game if you recognise it. Describe in one or two sentences what happens around the player: the place, enemies, ' +
  'allies, dangers and what the player is doing. List the players, objects, icons and texts that matter to the player.';

interface KnownScene {
  readonly hash: string;
  readonly shownAtMs: number;
  readonly findings: Omit<SceneFindings, 'ageMs'>;
}

/** What remote models said about one session's scenes: one question at a time, seldom, about the newest frame. */
export class SessionEnrichment {
  readonly #log = new Logger(SessionEnrichment.name);
  readonly #abort = new AbortController();
  #scenes: readonly KnownScene[] = [];
  #current: KnownScene | null = null;
  #isAsking = false;
  #nextAtMs = 0;
  #cuts = 0;

  constructor(private readonly deps: EnrichmentDeps) {}

  /** Asks about the frame if it is time. @returns what is under way then, for tests; it never rejects */
  offer(session: EnrichedSession, frame: SceneFrame): Promise<void> | null {
    const nowMs = this.deps.clock.monotonicMs();
    if (this.#isAsking || this.#abort.signal.aborted) return null;
    const known = this.#recall(session, frame.hash, nowMs);
    if (known) {
      this.#current = known;
      return null;
    }
    if (nowMs < this.#nextAtMs) return null;
    this.#isAsking = true;
    this.#nextAtMs = nowMs + this.#intervalMs(session);
    return this.#ask(session, frame, nowMs)
      .catch((error: unknown) => this.#log.debug('No remote model looked', { err: error, sessionId: session.id }))
      .finally(() => void (this.#isAsking = false));
  }

  findingsFor(session: EnrichedSession, hash: string, sceneCut: boolean): SceneFindings | null {
    const nowMs = this.deps.clock.monotonicMs();
    if (sceneCut) {
      this.#cuts++;
      this.#current = this.#recall(session, hash, nowMs);
    }
    const current = this.#current;
    if (!current) return null;
    const ageMs = nowMs - current.shownAtMs;
    const staleMs = Math.max(this.#intervalMs(session) * STALE_AFTER, STALE_MIN_MS);
    return ageMs > staleMs ? null : { ...current.findings, ageMs };
  }

  /** May be called twice. */
  close(): void {
    this.#abort.abort();
  }

  async #ask(session: EnrichedSession, frame: SceneFrame, shownAtMs: number): Promise<void> {
    const cuts = this.#cuts;
    const picture = await shrinkToJpeg(frame.bytes, pictureSettings(session.configuration));
    const served = await this.deps.router.vision(
      {
        sessionId: session.id,
        selection: session.configuration.model_provider,
        signal: AbortSignal.any([this.#abort.signal, session.signal]),
      },
      {
        picture: picture.bytes,
        width: picture.width,
        height: picture.height,
        question: QUESTION,
        context: contextOf(frame),
        maxOutputTokens: OUTPUT_TOKENS_MAX,
      },
    );
    if (!served) return;
    const scene: KnownScene = { hash: frame.hash, shownAtMs, findings: findingsOf(served) };
    this.#scenes = [scene, ...this.#scenes].slice(0, SCENES_MAX);
    // An answer about a scene that is over is kept for when it comes back.
    if (cuts === this.#cuts) this.#current = scene;
  }

  /** The newest answer about a scene like this one that may still be shared. */
  #recall({ configuration }: EnrichedSession, hash: string, nowMs: number): KnownScene | null {
    const { enable_caching: isOn, cache_similarity: likeness, cache_ttl: ttlS } = configuration.high_speed_config;
    if (!isOn) return null;
    const fits = ({ shownAtMs, hash: other }: KnownScene): boolean =>
      nowMs - shownAtMs <= ttlS * 1000 && 1 - hashDistance(hash, other) / HASH_BITS >= likeness;
    return this.#scenes.find(fits) ?? null;
  }

  #intervalMs({ configuration }: EnrichedSession): number {
    return configuration.analysis_interval * 1000 * this.deps.every;
  }
}

function pictureSettings({ high_speed_vision: isHighSpeed, high_speed_config: config }: EnrichmentSettings) {
  if (!isHighSpeed) return NORMAL;
  return { maxSide: MAX_SIDES[config.compression_level], quality: config.jpeg_quality };
}

/** What was read here, a line each: a model need not read it again, and can be wrong about less. */
function contextOf({ known: { game, hud } }: SceneFrame): string | null {
  const fields = Object.entries(hud).flatMap(([name, field]) =>
    field && field.value !== null ? [`${name}: ${field.value}`] : [],
  );
  const lines = [...(game ? [`game: ${game.name}, ${game.phase}`] : []), ...fields];
  return lines.length > 0 ? lines.join('\n') : null;
}

function findingsOf({ answer, provider, model }: Served<VisionAnswer>): Omit<SceneFindings, 'ageMs'> {
  const { scene, game, detections, texts } = answer.findings;
  const seen = detections.flatMap(({ box, ...rest }) => (box ? [{ ...rest, box, text: null }] : []));
  const read = texts.flatMap(({ text, confidence, box }) =>
    box ? [{ label: 'text', category: 'hud_text' as const, confidence, box, text }] : [],
  );
  return {
    provider: `${provider}:${model}`,
    description: scene?.description ?? null,
    confidence: scene?.confidence ?? null,
    game,
    detections: [...seen, ...read],
  };
}
