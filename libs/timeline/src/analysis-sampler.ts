import type { Clock, PublicEvent } from '@jiga/contracts';
import type { JigaConfig } from '@jiga/platform';

type Settings = Pick<JigaConfig['timeline'], 'analyses' | 'analysisIntervalMs'>;

/** Picks the analyses of one session that become events: every frame's would be far too many. */
export class AnalysisSampler {
  #lastMs: number | null = null;

  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** Whether to record this event; those that are no analyses always are. */
  takes({ type, data }: PublicEvent): boolean {
    if (type !== 'analysis') return true;
    if (this.settings.analyses === 'none') return false;
    if (this.settings.analyses === 'heavy' && !ranHeavyStage(data)) return false;
    const nowMs = this.clock.monotonicMs();
    if (this.#lastMs !== null && nowMs - this.#lastMs < this.settings.analysisIntervalMs) return false;
    this.#lastMs = nowMs;
    return true;
  }
}

/** A vision result lists the stages that ran for it with their times. */
function ranHeavyStage(result: object): boolean {
  const { metadata } = result as { readonly metadata?: { readonly stages_ms?: Readonly<Record<string, number>> } };
  return metadata?.stages_ms?.['heavy'] !== undefined;
}
