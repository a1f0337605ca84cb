import type { SceneEnricher, SceneFindings, SceneFrame } from '@jiga/contracts';
import type { EventBus } from '@jiga/platform';
import type { ProviderRegistry } from '@jiga/providers';

import { SessionEnrichment, type EnrichedSession, type EnrichmentDeps } from './session-enrichment.js';

export interface RemoteSceneEnricherDeps extends EnrichmentDeps {
  readonly registry: Pick<ProviderRegistry, 'chain'>;
  /** A session that lives; null = there is none of this id. */
  readonly sessionOf: (id: string) => EnrichedSession | null;
}

/**
 * Shows frames to the remote models that sessions chose, beside the local analysis and never in its way. A session that
 * chose none, or is short of budget, costs nothing here.
 */
export class RemoteSceneEnricher implements SceneEnricher {
  readonly #sessions = new Map<string, SessionEnrichment>();
  /** Sessions whose budget is nearly spent. */
  readonly #short = new Set<string>();

  constructor(private readonly deps: RemoteSceneEnricherDeps) {}

  /** Begins to heed budgets. */
  watch(bus: Pick<EventBus, 'subscribe'>): void {
    for (const name of ['budget.warning', 'budget.degraded', 'budget.spent'] as const) {
      bus.subscribe(name, ({ sessionId, dimension }) => {
        // Time is spent whoever looks.
        if (dimension !== 'seconds' && this.deps.sessionOf(sessionId)) this.#short.add(sessionId);
      });
    }
  }

  offer(frame: SceneFrame): void {
    const session = this.#enriched(frame.sessionId);
    if (!session) return;
    const enrichment = this.#sessions.get(session.id) ?? new SessionEnrichment(this.deps);
    this.#sessions.set(session.id, enrichment);
    void enrichment.offer(session, frame);
  }

  findingsFor(sessionId: string, hash: string, sceneCut: boolean): SceneFindings | null {
    const session = this.#enriched(sessionId);
    return (session && this.#sessions.get(sessionId)?.findingsFor(session, hash, sceneCut)) ?? null;
  }

  forget(sessionId: string): void {
    this.#sessions.get(sessionId)?.close();
    this.#sessions.delete(sessionId);
    this.#short.delete(sessionId);
  }

  /** The session, if somebody besides this machine is to look at its frames. */
  #enriched(sessionId: string): EnrichedSession | null {
    const session = this.#short.has(sessionId) ? null : this.deps.sessionOf(sessionId);
    if (!session || session.signal.aborted) return null;
    const [first] = this.deps.registry.chain('vision', session.configuration.model_provider);
    return first?.provider.ports?.vision ? session : null;
  }
}
