import type { ErrorCode } from '../errors.js';
import { PUBLIC_EVENT_TYPES } from '../events/index.js';
import { SessionState } from '../session.js';
import { EVENT_DESCRIPTIONS, type EventDescription } from './events.schemas.js';
import { array, count, mapOf, nullable, number, object, oneOf, text } from './json-schema.js';
import type { JsonSchema } from './json-schema.js';
import { fromServer, STAMP_EXAMPLE, typeOf } from './message-builders.js';
import { HEARTBEAT, MESSAGE_IDS, SERVER_STAMP, SESSION_MOVING, SOCKET_ERROR_CODES } from './wire-message.js';
import type { WireChannel, WireMessage } from './wire-message.js';

const ERROR_CODES: readonly ErrorCode[] = [...SOCKET_ERROR_CODES, 'validation_failed'];

const REQUEST_ID = { request_id: MESSAGE_IDS['request_id'] ?? {} };
const EVENT_ID = text('Name it as `resume_from` to be sent what came after it.');
const SESSION_ID_EXAMPLE = 'sess_4GkTq0cY1vWm2nBz8rLd7P';
const EVENT_ID_EXAMPLE = 'evt_7Qm2nBz8rLd7P4GkTq0cY1';

const CLIENT_MESSAGES: readonly WireMessage[] = [
  {
    type: 'subscribe',
    from: 'client',
    summary: 'Ask for events of these types alone, from now on. Without it, all are sent.',
    schema: object(typeOf('subscribe'), {
      types: {
        ...array(text()),
        type: ['array', 'null'],
        maxItems: 50,
        description: 'Types, families such as `game.*`, or `*`. null or absent = all.',
      },
      ...REQUEST_ID,
    }),
    example: { type: 'subscribe', types: ['game.*', 'callout', 'session.*'], request_id: 's1' },
  },
  {
    type: 'ping',
    from: 'client',
    summary: 'Ask for a `pong`.',
    schema: object(typeOf('ping'), { ...HEARTBEAT, ...REQUEST_ID }),
    example: { type: 'ping', request_id: 'p1' },
  },
];

const EVENT_FIELDS = {
  event_id: EVENT_ID,
  timestamp: number('When it happened, Unix seconds.'),
  session_id: text(),
};

/** An event as it travels. A family is one message, whose type has a pattern in place of a value. */
function eventMessage(type: string, summary: string, { data, example }: EventDescription): WireMessage {
  const isFamily = type.endsWith('.*');
  const prefix = type.slice(0, -2);
  const typeSchema: JsonSchema = isFamily
    ? { type: 'string', pattern: `^${prefix}\\.` }
    : { type: 'string', const: type };
  return {
    type: isFamily ? prefix : type,
    from: 'server',
    summary,
    schema: object({ type: typeSchema, ...EVENT_FIELDS, data, seq: SERVER_STAMP['seq'] ?? {} }),
    example: {
      type: isFamily ? `${prefix}.kill` : type,
      event_id: EVENT_ID_EXAMPLE,
      session_id: SESSION_ID_EXAMPLE,
      data: example,
      ...STAMP_EXAMPLE,
    },
  };
}

const SNAPSHOT = object({
  session_id: text(),
  state: oneOf(Object.values(SessionState)),
  reason: text(),
  created_at: number('Unix seconds.'),
  ended_at: nullable(number('Unix seconds.')),
  configuration: { ...mapOf({}), description: 'Every effective setting.' },
  last_event_id: nullable(text('The newest event; null when none is in memory.')),
  latest: array({
    ...object({ type: text(), ...EVENT_FIELDS, data: { type: 'object' } }),
    description: 'The newest event in memory of each type.',
  }),
});

const SERVER_MESSAGES: readonly WireMessage[] = [
  fromServer(
    'events_stream_connected',
    'The welcome: the first message of every accepted connection.',
    {
      required: {
        session_id: text(),
        types: array(text('What is sent; `*` = all.')),
        last_event_id: nullable(text('The newest event so far.')),
        resumed_from: nullable(text('The `resume_from` of the request.')),
      },
    },
    { session_id: SESSION_ID_EXAMPLE, types: ['*'], last_event_id: EVENT_ID_EXAMPLE, resumed_from: null },
  ),
  ...Object.entries(EVENT_DESCRIPTIONS).map(([type, description]) =>
    eventMessage(type, PUBLIC_EVENT_TYPES[type as keyof typeof PUBLIC_EVENT_TYPES], description),
  ),
  fromServer(
    'subscribed',
    'Answers `subscribe`. What means nothing is rejected, the rest holds; when nothing is left, nothing changes.',
    {
      required: {
        types: array(text('What is sent from now on; `*` = all.')),
        rejected: array(object({ type: text(), code: oneOf(['unknown_type']), message: text('For people.') })),
      },
      optional: REQUEST_ID,
    },
    {
      types: ['game.*'],
      rejected: [{ type: 'gme.*', code: 'unknown_type', message: '"gme.*" is no type of event' }],
      request_id: 's1',
    },
  ),
  fromServer(
    'resume_gap',
    'Some of what was missed is not kept any more; `state_snapshot` follows.',
    {
      required: {
        from: text('The `resume_from` of the request.'),
        oldest: nullable(text('The first event after the gap; null when none is known yet.')),
        missed: nullable(count('Events in the gap; null when nobody knows.')),
      },
    },
    { from: EVENT_ID_EXAMPLE, oldest: null, missed: null },
  ),
  fromServer(
    'state_snapshot',
    'How things stand.',
    { required: { data: SNAPSHOT } },
    {
      data: {
        session_id: SESSION_ID_EXAMPLE,
        state: 'active',
        reason: 'endpoints_ready',
        created_at: 1767225000.5,
        ended_at: null,
        configuration: { user_id: 'ann' },
        last_event_id: null,
        latest: [],
      },
    },
  ),
  fromServer(
    'events_dropped',
    'The client reads too slowly: so many of its oldest analyses, callouts and game events are not coming. They are on the timeline.',
    { required: { count: count('Since the last such message.', 1) } },
    { count: 12 },
  ),
  fromServer('pong', 'Answers `ping`.', { optional: REQUEST_ID }, { request_id: 'p1' }),
  SESSION_MOVING,
  fromServer(
    'error',
    'Something was wrong; the socket stays open unless a close code follows.',
    {
      required: {
        code: oneOf(ERROR_CODES, 'Stable.'),
        message: text('For people.'),
        retryable: { type: 'boolean', description: 'Whether the same message may succeed later.' },
      },
      optional: {
        errors: array(object({ pointer: text('JSON Pointer into the message.'), code: text(), detail: text() })),
        retry_after: number('Seconds.'),
        ...REQUEST_ID,
      },
    },
    { code: 'unknown_message_type', message: 'This socket takes subscribe and ping', retryable: false },
  ),
];

/** The events socket: every message that may travel on it. */
export const EVENTS_CHANNEL: WireChannel = {
  id: 'eventsStream',
  path: '/api/v1/jiga/sessions/{session_id}/events/stream',
  summary:
    'Everything that happens in a session. `?resume_from=<event id>` begins with what was missed since that event, `?types=` selects.',
  messages: [...CLIENT_MESSAGES, ...SERVER_MESSAGES],
};
