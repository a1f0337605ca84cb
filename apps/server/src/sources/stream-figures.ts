import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';

import { SELF_CONNECTION_STATES, SOURCE_STATES } from '@jiga/contracts';
import { EventBus, Metrics } from '@jiga/platform';
import { SessionsService } from '@jiga/sessions';

/** Figures of the streams and of the server's own sockets, for Prometheus. */
@Injectable()
export class StreamFigures implements OnModuleInit {
  #refused: ReturnType<Metrics['counter']> | null = null;

  constructor(
    @Inject(SessionsService) private readonly sessions: SessionsService,
    @Inject(EventBus) private readonly bus: EventBus,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  /** Twitch did not take one of the ways of asking for a token: time to look what it wants now. */
  twitchQueryRefused(query: 'inline' | 'stored'): void {
    this.#refused?.add({ query });
  }

  onModuleInit(): void {
    const { metrics, bus } = this;
    metrics.gaugeBy('jiga_streams', 'Streams that sessions ingest, by state.', 'state', () => this.#streams());
    metrics.gaugeBy('jiga_own_connections', 'Sockets that the server opens to itself, by state.', 'state', () =>
      this.#connections(),
    );
    this.#refused = metrics.counter(
      'jiga_twitch_queries_refused_total',
      'Ways of asking for a token that Twitch did not take.',
      ['query'],
    );
    const events = metrics.counter('jiga_stream_events_total', 'What happened to streams.', ['type']);
    bus.subscribe('source.event', ({ type }) => events.add({ type }));
  }

  #streams(): Record<string, number> {
    const counts: Record<string, number> = Object.fromEntries(SOURCE_STATES.map((state) => [state, 0]));
    for (const { metrics } of this.sessions.all()) {
      const health = metrics.sourceHealth?.();
      if (health) counts[health.state] = (counts[health.state] ?? 0) + 1;
    }
    return counts;
  }

  #connections(): Record<string, number> {
    const counts: Record<string, number> = Object.fromEntries(SELF_CONNECTION_STATES.map((state) => [state, 0]));
    delete counts['off'];
    for (const { metrics } of this.sessions.all()) {
      for (const { state } of Object.values(metrics.selfConnections())) {
        if (state !== 'off') counts[state] = (counts[state] ?? 0) + 1;
      }
    }
    return counts;
  }
}
