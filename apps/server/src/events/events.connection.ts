import { AppError, SessionState, toAppError } from '@jiga/contracts';
import type { CancelTimer, Clock } from '@jiga/contracts';
import { CloseCode } from '@jiga/platform';
import type { Connection, ConnectionHandler } from '@jiga/platform';
import type { SessionAttachment, SessionRecord } from '@jiga/sessions';
import type {
  EventSink,
  EventSubscription,
  EventTypes,
  ResumeGap,
  ResumePoint,
  SessionEvent,
  SessionJournal,
  TimelineService,
} from '@jiga/timeline';

import { readEventsMessage, readFields, readIds, type RequestIds } from './events-message.js';
import { stateSnapshot } from './state-snapshot.js';
import type { TypeSelection } from './event-types.js';

export interface EventsConnectionDeps {
  readonly connection: Connection;
  readonly timeline: TimelineService;
  readonly journal: SessionJournal;
  readonly clock: Clock;
  /** The session as it is now. */
  readonly record: () => SessionRecord;
  /** False when the client came after the session had begun to end. */
  readonly wasLive: boolean;
  /** Told once when the connection has ended. */
  readonly onClosed: () => void;
}

/** How often a client that reads slowly is looked at. */
const ROOM_CHECK_MS = 20;
/** How long the last events of a session that ends may take to be read. */
const END_GRACE_MS = 2_000;

/** The protocol of `/events/stream` on one socket. */
export class EventsConnection implements ConnectionHandler, SessionAttachment, EventSink {
  #subscription: EventSubscription | null = null;
  #cancelTimers: CancelTimer[] = [];

  constructor(private readonly deps: EventsConnectionDeps) {}

  /** Greets the client and begins to send events. */
  open(types: EventTypes, resume: ResumePoint | null): void {
    const { connection, timeline, journal } = this.deps;
    this.#send('events_stream_connected', {
      session_id: journal.sessionId,
      types: types ?? ['*'],
      last_event_id: journal.lastEventId,
      resumed_from: resume?.from ?? null,
    });
    const onFailure = (error: unknown): void => connection.refuse(toAppError(error));
    this.#subscription = timeline.follow(journal, { types, resume, sink: this, onFailure });
    connection.start(this);
  }

  hasRoom(): boolean {
    return this.deps.connection.hasRoom;
  }

  whenRoom(callback: () => void): void {
    this.#after(ROOM_CHECK_MS, callback);
  }

  sendEvent(event: SessionEvent): void {
    this.deps.connection.send({ ...event });
  }

  sendDropped(count: number): void {
    this.#send('events_dropped', { count });
  }

  sendGap(gap: ResumeGap): void {
    this.#send('resume_gap', { ...gap });
    this.#send('state_snapshot', { data: stateSnapshot(this.deps.record(), this.deps.journal) });
  }

  /** As the other sockets of the session: 1000 when it was closed, an error and 4409 when it failed or had ended. */
  onEnd(): void {
    const { connection, record, wasLive } = this.deps;
    const { state, reason } = record();
    if (!wasLive) connection.refuse(new AppError('session_closed'));
    else if (state === SessionState.ERROR) connection.refuse(new AppError('session_closed', 'The session has failed'));
    else connection.close(CloseCode.DONE, reason);
  }

  /**
   * The session begins to end. Its last change of state is still to come and to be sent, so this does not wait for the
   * socket: that closes by itself after it.
   */
  end(): void {
    this.#after(END_GRACE_MS, () => this.onEnd());
  }

  onMessage(data: Buffer, isBinary: boolean): void {
    const fields = readFields(data, isBinary);
    const ids = readIds(fields);
    try {
      const message = readEventsMessage(fields);
      if (message.type === 'ping') this.#send('pong', ids);
      else this.#subscribe(message.selection, ids);
    } catch (error) {
      this.deps.connection.sendError(toAppError(error), ids);
    }
  }

  onRefused(data: Buffer, isBinary: boolean, error: AppError): void {
    this.deps.connection.sendError(error, readIds(readFields(data, isBinary)));
  }

  onDrain(): void {
    this.#subscription?.close();
  }

  onClosed(): void {
    for (const cancel of this.#cancelTimers) cancel();
    this.#subscription?.close();
    this.deps.onClosed();
  }

  /** What is valid becomes the selection; when nothing is, nothing changes. */
  #subscribe({ types, rejected }: TypeSelection, ids: RequestIds): void {
    const subscription = this.#subscription;
    if (!subscription) return;
    if (types === null || types.length > 0 || rejected.length === 0) subscription.setTypes(types);
    this.#send('subscribed', { types: subscription.types ?? ['*'], rejected, ...ids });
  }

  #send(type: string, body: Readonly<Record<string, unknown>> | RequestIds): void {
    this.deps.connection.send({ type, ...body });
  }

  /** Timers end with the connection; those that have fired are let go. */
  #after(delayMs: number, task: () => void): void {
    const cancel = this.deps.clock.after(delayMs, () => {
      this.#cancelTimers = this.#cancelTimers.filter((other) => other !== cancel);
      task();
    });
    this.#cancelTimers.push(cancel);
  }
}
