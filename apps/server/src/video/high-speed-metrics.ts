import { targetFpsOf } from '@jiga/sessions';
import type { LiveSession } from '@jiga/sessions';
import type { SessionFlow } from '@jiga/video';

/** The live figures of a session, as `high_speed_metrics` tells them. */
export function highSpeedMetrics(session: LiveSession, flow: SessionFlow): object {
  const { frames, analyses, cache, latency_ms, sockets } = session.metrics.snapshot();
  const { intake } = flow;
  const shared = cache.hits + cache.misses;
  return {
    fps: {
      received: flow.received.perSecond(),
      analysed: flow.analysed.perSecond(),
      target: targetFpsOf(session.configuration),
    },
    latency_ms,
    frames,
    analyses,
    cache: { ...cache, hit_rate: shared === 0 ? null : Math.round((cache.hits / shared) * 1000) / 1000 },
    in_flight: {
      waiting: intake.waiting,
      analysing: intake.size - intake.waiting,
      waiting_bytes: intake.waitingBytes,
    },
    credit: flow.credit,
    quality: flow.quality,
    sockets,
  };
}
