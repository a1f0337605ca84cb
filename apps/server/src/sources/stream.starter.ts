import type { SessionConfiguration, VideoInputSource } from '@jiga/contracts';
import type { LiveSession, SourceControl, SourceStarter } from '@jiga/sessions';
import { SessionStream } from '@jiga/streams';
import type { StreamSink } from '@jiga/streams';

import type { IngestedSource } from './ingested-source.js';
import type { StartGate } from './start-gate.js';
import type { StreamWorldService } from './stream-world.service.js';

export interface StreamStarterDeps {
  readonly streams: Pick<StreamWorldService, 'clock' | 'obstacle'>;
  readonly gate: StartGate;
  readonly sinkOf: (session: LiveSession) => StreamSink;
}

/** Brings a session to the pictures of its stream. */
export class StreamStarter implements SourceStarter {
  constructor(
    private readonly kind: IngestedSource,
    private readonly deps: StreamStarterDeps,
  ) {}

  get source(): VideoInputSource {
    return this.kind.source;
  }

  /** Settings that nobody could serve are refused as such, whatever the server lacks. */
  obstacle(configuration: SessionConfiguration): string | null {
    return this.kind.obstacle(configuration) ?? this.deps.streams.obstacle;
  }

  start(control: SourceControl): void {
    const { session } = control;
    const { gate, sinkOf, streams } = this.deps;
    const stream = new SessionStream({
      control,
      clock: streams.clock,
      sink: sinkOf(session),
      open: (handlers) => this.kind.open(session.configuration, handlers),
    });
    stream.start((start) => gate.enter(start));
  }
}
