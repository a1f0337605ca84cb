import type { IncomingMessage } from 'node:http';

import { Inject, Logger } from '@nestjs/common';
import { WebSocketGateway } from '@nestjs/websockets';
import type { OnGatewayConnection } from '@nestjs/websockets';

import { AppError, CLOCK, toAppError } from '@jiga/contracts';
import type { Clock } from '@jiga/contracts';
import { Authenticator, CONFIG, Connection, hasScope, socketLimits } from '@jiga/platform';
import type { JigaConfig, ServerSocket, SocketLimits, SocketUpgrade } from '@jiga/platform';
import { SessionsService } from '@jiga/sessions';
import type { SessionRecord } from '@jiga/sessions';
import { TimelineService } from '@jiga/timeline';
import type { ResumePoint, SessionJournal } from '@jiga/timeline';

import { parseTypes } from './event-types.js';
import { EventsConnection } from './events.connection.js';
import { resumePoint } from './resume-point.js';

interface Arrival {
  readonly record: SessionRecord;
  readonly journal: SessionJournal;
  readonly resume: ResumePoint | null;
}

/** `/events/stream`: checks who comes and hands the socket to a connection. */
@WebSocketGateway({ path: '/api/v1/jiga/sessions/:sessionId/events/stream' })
export class EventsGateway implements OnGatewayConnection<ServerSocket> {
  readonly #log = new Logger(EventsGateway.name);
  readonly #limits: SocketLimits;

  constructor(
    @Inject(Authenticator) private readonly authenticator: Authenticator,
    @Inject(SessionsService) private readonly sessions: SessionsService,
    @Inject(TimelineService) private readonly timeline: TimelineService,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) config: JigaConfig,
  ) {
    this.#limits = socketLimits(config);
  }

  /** Never async: a rejection here would end the process. */
  handleConnection(socket: ServerSocket, _request: IncomingMessage, upgrade: SocketUpgrade): void {
    const connection = new Connection(socket, { clock: this.clock, limits: this.#limits });
    void this.#admit(connection, upgrade);
  }

  async #admit(connection: Connection, { request, params, query }: SocketUpgrade): Promise<void> {
    const sessionId = params['sessionId'] ?? '';
    try {
      const credential = await this.authenticator.authenticateSocket(request);
      const record = await this.sessions.get(sessionId, credential);
      if (!hasScope(credential, 'sessions:read')) {
        throw new AppError('forbidden', 'Reading events needs the scope sessions:read');
      }
      const types = parseTypes(query.get('types'));
      const resume = await resumePoint(this.timeline, sessionId, query.get('resume_from'));
      const journal = await this.timeline.journalOf(sessionId);
      if (!journal) throw new AppError('session_not_found');
      this.#attach(connection, { record, journal, resume }).open(types, resume);
    } catch (error) {
      const known = toAppError(error);
      if (known.kind === 'internal') {
        this.#log.error('Events socket could not be opened', { sessionId, connectionId: connection.id, err: error });
      }
      connection.refuse(known);
    }
  }

  /** One that comes back after the session's end still gets what it missed, and no place on the session. */
  #attach(connection: Connection, { record, journal, resume }: Arrival): EventsConnection {
    const { timeline, clock } = this;
    const live = this.sessions.peek(record.id);
    const isEnding = live === null || live.signal.aborted;
    if (isEnding && !resume) throw new AppError('session_closed');
    let detach = (): void => {};
    const events = new EventsConnection({
      connection,
      timeline,
      journal,
      clock,
      record: () => live?.record ?? record,
      wasLive: !isEnding,
      onClosed: () => detach(),
    });
    if (!isEnding) detach = live.attachSocket(events);
    return events;
  }
}
