import type { Readable } from 'node:stream';

import { Inject, Injectable } from '@nestjs/common';

import { AppError, CLOCK } from '@jiga/contracts';
import type { Clock } from '@jiga/contracts';
import { CONFIG, CredentialWatch } from '@jiga/platform';
import type { Credential, JigaConfig } from '@jiga/platform';
import { SessionsService, type SessionRecord } from '@jiga/sessions';
import { TimelineService, type EventTypes, type ResumePoint, type SessionJournal } from '@jiga/timeline';

import { EventPlaces } from './event-places.js';
import { SseStream } from './sse-stream.js';
import { stateSnapshot } from './state-snapshot.js';

export interface SseRequest {
  readonly record: SessionRecord;
  readonly credential: Credential;
  readonly types: EventTypes;
  readonly resume: ResumePoint | null;
}

/** The event streams over HTTP that are open. */
@Injectable()
export class SseStreams {
  readonly #streams = new Set<SseStream>();

  constructor(
    @Inject(TimelineService) private readonly timeline: TimelineService,
    @Inject(SessionsService) private readonly sessions: SessionsService,
    @Inject(CredentialWatch) private readonly watch: CredentialWatch,
    @Inject(EventPlaces) private readonly places: EventPlaces,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: JigaConfig,
  ) {}

  /** Open streams. */
  get size(): number {
    return this.#streams.size;
  }

  /** Ends them all, each after what was sent. May be called twice. */
  close(): void {
    for (const stream of this.#streams) stream.end();
  }

  /**
   * Opens a stream; null when the session has ended and nothing is left to tell. It takes one of the session's places
   * for sockets; of a session that has ended, so many may be read at once. Throws AppError `session_not_found` or `socket_limit`.
   */
  async open({ record, credential, types, resume }: SseRequest): Promise<Readable | null> {
    const journal = await this.timeline.journalOf(record.id);
    if (!journal) throw new AppError('session_not_found');
    const isOver = journal.hasEnded && (resume?.sequence ?? journal.lastSequence) >= journal.lastSequence;
    return isOver ? null : this.#start(journal, { record, credential, types, resume });
  }

  #start(journal: SessionJournal, { record, credential, types, resume }: SseRequest): Readable {
    const live = this.sessions.peek(record.id);
    // Its place on the session is what bounds the number of streams; the session's end is an event that ends it.
    const isLive = live !== null && !live.signal.aborted;
    const releases = [isLive ? live.attachSocket({ end: () => {} }) : (): void => {}];
    releases.push(this.places.take(record.id, !isLive));
    const stream = new SseStream({
      clock: this.clock,
      heartbeatMs: this.config.sockets.pingIntervalMs,
      snapshot: () => stateSnapshot(live?.record ?? record, journal),
      onClosed: () => {
        this.#streams.delete(stream);
        for (const release of releases) release();
      },
    });
    this.#streams.add(stream);
    const onFailure = (error: unknown): void =>
      void stream.readable.destroy(error instanceof Error ? error : undefined);
    const subscription = this.timeline.follow(journal, { types, resume, sink: stream, onFailure });
    releases.push(() => subscription.close());
    releases.push(this.watch.watch(credential, () => stream.end()));
    return stream.readable;
  }
}
