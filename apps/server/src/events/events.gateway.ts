import type { IncomingMessage } from 'node:http';

import { Inject } from '@nestjs/common';
import { WebSocketGateway } from '@nestjs/websockets';
import type { OnGatewayConnection } from '@nestjs/websockets';

import { AppError, CLOCK } from '@jiga/contracts';
import type { Clock } from '@jiga/contracts';
import type { Connection, ServerSocket, SocketUpgrade } from '@jiga/platform';
import { SessionsService } from '@jiga/sessions';
import type { SessionRecord } from '@jiga/sessions';
import { TimelineService } from '@jiga/timeline';
import type { ResumePoint, SessionJournal } from '@jiga/timeline';

import { requireScope, SocketAdmission, type Arrival } from '../sockets/socket-admission.js';
import { EventPlaces } from './event-places.js';
import { parseTypes } from './event-types.js';
import { EventsConnection } from './events.connection.js';
import { resumePoint } from './resume-point.js';

interface Watched {
  readonly record: SessionRecord;
  readonly journal: SessionJournal;
  readonly resume: ResumePoint | null;
}

/** `/events/stream`: checks who comes and hands the socket to a connection. */
@WebSocketGateway({ path: '/api/v1/jiga/sessions/:sessionId/events/stream' })
export class EventsGateway implements OnGatewayConnection<ServerSocket> {
  constructor(
    @Inject(SocketAdmission) private readonly admission: SocketAdmission,
    @Inject(SessionsService) private readonly sessions: SessionsService,
    @Inject(TimelineService) private readonly timeline: TimelineService,
    @Inject(EventPlaces) private readonly places: EventPlaces,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  handleConnection(socket: ServerSocket, _request: IncomingMessage, upgrade: SocketUpgrade): void {
    this.admission.admit(socket, upgrade, (arrival) => this.#open(arrival));
  }

  async #open({ connection, credential, sessionId, query }: Arrival): Promise<void> {
    const record = await this.sessions.get(sessionId, credential);
    requireScope(credential, 'sessions:read', 'Reading events');
    const types = parseTypes(query.get('types'));
    const resume = await resumePoint(this.timeline, sessionId, query.get('resume_from'));
    const journal = await this.timeline.journalOf(sessionId);
    if (!journal) throw new AppError('session_not_found');
    this.#attach(connection, { record, journal, resume }).open(types, resume);
  }

  /** One that comes back after the session's end still gets what it missed. */
  #attach(connection: Connection, { record, journal, resume }: Watched): EventsConnection {
    const { timeline, clock } = this;
    const live = this.sessions.peek(record.id);
    const isEnding = live === null || live.signal.aborted;
    if (isEnding && !resume) throw new AppError('session_closed');
    const releases: (() => void)[] = [];
    const events = new EventsConnection({
      connection,
      timeline,
      journal,
      clock,
      record: () => live?.record ?? record,
      wasLive: !isEnding,
      onClosed: () => releases.forEach((release) => release()),
    });
    if (!isEnding) releases.push(live.attachSocket(events));
    releases.push(this.places.take(record.id, isEnding));
    return events;
  }
}
