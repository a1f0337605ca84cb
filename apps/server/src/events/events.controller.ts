import { Controller, Get, Headers, Inject, Param, Query, Res } from '@nestjs/common';
import {
  ApiHeader,
  ApiNoContentResponse,
  ApiExtraModels,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiSecurity,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { CurrentCredential, noteSession, RequireScope } from '@jiga/platform';
import type { Credential } from '@jiga/platform';
import { SessionsService, type SessionRecord } from '@jiga/sessions';
import { TimelineService, type EventQuery } from '@jiga/timeline';

import { ApiProblems } from '../http/api-problems.decorator.js';
import { EXAMPLE_SESSION_ID } from '../sessions/dto/session.dto.js';
import { EVENT_STREAM, wantsStream } from './accept.js';
import { EventListDto, EventsQuery, EXAMPLE_EVENT_ID } from './events.dto.js';
import { encodeCursor, toEventQuery } from './events-query.js';
import { resumePoint } from './resume-point.js';
import { SseStreams } from './sse.service.js';

@ApiTags('Timeline')
@ApiExtraModels(EventListDto)
@ApiSecurity('bearer')
@ApiSecurity('api_key')
@ApiProblems('unauthenticated')
@Controller('api/v1/jiga/sessions')
export class EventsController {
  constructor(
    @Inject(SessionsService) private readonly sessions: SessionsService,
    @Inject(TimelineService) private readonly timeline: TimelineService,
    @Inject(SseStreams) private readonly streams: SseStreams,
  ) {}

  @Get(':session_id/events')
  @RequireScope('sessions:read')
  @ApiParam({ name: 'session_id', description: 'From the answer to its creation.', example: EXAMPLE_SESSION_ID })
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'For a live feed: the last event that the client has; it is sent what came after.',
    schema: { type: 'string', example: EXAMPLE_EVENT_ID },
  })
  @ApiOperation({
    operationId: 'listEvents',
    summary: "Read a session's timeline, or follow it",
    description:
      'Everything that happened in the session, oldest first, page by page. With `Accept: text/event-stream` a live feed ' +
      'of server-sent events: what came after `Last-Event-ID` (or from `since` on), then what happens, with `resume_gap` ' +
      'and `state_snapshot` in place of what is no longer kept, `events_dropped` for a client that reads too slowly, and ' +
      'comments as heartbeats.',
  })
  @ApiOkResponse({
    description: 'One page, or the feed.',
    content: {
      'application/json': { schema: { $ref: getSchemaPath(EventListDto) } },
      [EVENT_STREAM]: {
        schema: { type: 'string' },
        example:
          `id: ${EXAMPLE_EVENT_ID}\nevent: session.state_changed\n` +
          `data: {"event_id":"${EXAMPLE_EVENT_ID}","type":"session.state_changed","timestamp":1767225600.25,` +
          `"session_id":"${EXAMPLE_SESSION_ID}","data":{"from":"created","to":"active","reason":"endpoints_ready"}}\n\n`,
      },
    },
  })
  @ApiNoContentResponse({ description: 'A live feed of a session that has ended, with nothing more to tell.' })
  @ApiProblems('forbidden', 'session_not_found', 'validation_failed', 'socket_limit')
  async list(
    @Param('session_id') id: string,
    @Query() query: EventsQuery,
    @Headers() headers: Readonly<Record<string, string | undefined>>,
    @CurrentCredential() credential: Credential,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    noteSession(id);
    const record = await this.sessions.get(id, credential);
    const wanted = await toEventQuery(query, id, this.timeline);
    void reply.header('vary', 'accept');
    if (!wantsStream(headers['accept'])) return void reply.send(await this.#page(id, wanted));
    await this.#stream(record, credential, wanted, headers['last-event-id'] ?? null, reply);
  }

  async #page(id: string, query: EventQuery): Promise<EventListDto> {
    const entries = await this.timeline.read(id, { ...query, limit: query.limit + 1 });
    const shown = entries.slice(0, query.limit);
    const last = entries.length > query.limit ? shown.at(-1) : undefined;
    return { items: shown.map(({ event }) => event), next_cursor: last ? encodeCursor(last.sequence) : null };
  }

  async #stream(
    record: SessionRecord,
    credential: Credential,
    query: EventQuery,
    lastEventId: string | null,
    reply: FastifyReply,
  ): Promise<void> {
    const resume =
      (await resumePoint(this.timeline, record.id, lastEventId)) ?? (await this.#startingPoint(record.id, query));
    const readable = await this.streams.open({ record, credential, types: query.types, resume });
    // 204 is how a browser's EventSource is told to stay away.
    if (!readable) return void reply.status(204).send();
    void reply
      .header('content-type', `${EVENT_STREAM}; charset=utf-8`)
      .header('cache-control', 'no-cache, no-transform')
      // Asks a reverse proxy in front not to hold events back.
      .header('x-accel-buffering', 'no')
      .send(readable);
  }

  /** Where a feed begins that asks for the past without naming its last event; null = with what happens next. */
  async #startingPoint(id: string, { after, since }: EventQuery): Promise<{ from: string; sequence: number } | null> {
    if (since === null) return after > 0 ? { from: '', sequence: after } : null;
    const [first] = await this.timeline.read(id, { after, since, types: null, limit: 1 });
    return first ? { from: '', sequence: first.sequence - 1 } : null;
  }
}
