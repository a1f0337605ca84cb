import {
  BUDGET_DIMENSIONS,
  CHANGEABLE_SETTINGS,
  PUBLIC_EVENT_TYPES,
  TEAM_MESSAGE_PRIORITIES,
  VOICE_REPLY_KINDS,
} from '../events/index.js';
import { QUALITY_REASONS } from '../flow.js';
import { INGESTED_SOURCES, SessionState } from '../session.js';
import { CREDIT_SCHEMA } from './flow.schemas.js';
import { count, nullable, number, object, oneOf, share, text } from './json-schema.js';
import type { JsonSchema } from './json-schema.js';
import { CALLOUT_EXAMPLE, VISION_RESULT_EXAMPLE } from './vision-result.example.js';
import { CALLOUT_SCHEMA, GAME_EVENT_SCHEMA, VISION_RESULT_SCHEMA } from './vision-result.schema.js';

type EventType = keyof typeof PUBLIC_EVENT_TYPES;

/** What the data of one type of event looks like. */
export interface EventDescription {
  readonly data: JsonSchema;
  readonly example: object;
}

const STATE = oneOf(Object.values(SessionState));
const REASON = text('Stable, in snake_case.');
const ANYTHING: JsonSchema = { description: 'As the resource of the setting shows it.' };

const SPENDING: EventDescription = {
  data: object({ dimension: oneOf(BUDGET_DIMENSIONS), limit: number(), spent: number() }),
  example: { dimension: 'usd', limit: 2, spent: 1.61 },
};

const SOCKET: EventDescription = {
  data: object({ socket: text('The last part of its path.'), connection_id: text() }),
  example: { socket: 'streamDirectVideo', connection_id: 'conn_8rLd7P4GkTq0cY17Qm2nBz' },
};

const VARIANT = object({
  name: nullable(text('As the stream calls it.')),
  width: nullable(count('Pixels.')),
  height: nullable(count('Pixels.')),
  fps: nullable(number()),
  bandwidth: nullable(count('Bits a second.')),
});
const VARIANT_EXAMPLE = { name: '360p', width: 640, height: 360, fps: 30, bandwidth: 630_000 };
const SOURCE_EVENT_DESCRIPTIONS = {
  'source.connected': {
    data: object({
      source: oneOf(INGESTED_SOURCES),
      attempts: count('Tries that it took.'),
      variant: nullable(VARIANT),
    }),
    example: { source: 'twitch', attempts: 1, variant: VARIANT_EXAMPLE },
  },
  'source.ad_break': {
    data: object({ duration: nullable(number('Seconds, as the stream announced it.')) }),
    example: { duration: 30 },
  },
  'source.resumed': {
    data: object({
      after: oneOf(['ad_break', 'stall', 'reconnect']),
      gap: nullable(number('Seconds without pictures.')),
    }),
    example: { after: 'ad_break', gap: 30.2 },
  },
  'source.stalled': {
    data: object({ seconds: number('So long nothing new has come.') }),
    example: { seconds: 15 },
  },
  'source.reconnecting': {
    data: object({ cause: REASON, message: text() }),
    example: { cause: 'stale', message: 'The stream stands still.' },
  },
  'source.variant_changed': {
    data: object({ from: nullable(VARIANT), to: VARIANT }),
    example: { from: VARIANT_EXAMPLE, to: { ...VARIANT_EXAMPLE, name: '480p', width: 852, height: 480 } },
  },
  'source.ended': { data: object({ cause: REASON }), example: { cause: 'end_of_stream' } },
} as const satisfies Partial<Record<EventType, EventDescription>>;

/** The data of every type of event of the catalogue. */
export const EVENT_DESCRIPTIONS: Readonly<Record<EventType, EventDescription>> = {
  'session.state_changed': {
    data: object({ from: { oneOf: [STATE, { type: 'null' }] }, to: STATE, reason: REASON }),
    example: { from: 'created', to: 'active', reason: 'endpoints_ready' },
  },
  'session.failed': {
    data: object({ reason: REASON, message: nullable(text()), attempts: nullable(count('Tries before it gave up.')) }),
    example: { reason: 'source_unavailable', message: 'The channel is offline.', attempts: 3 },
  },
  'session.configuration_changed': {
    data: object({ setting: oneOf(CHANGEABLE_SETTINGS), from: ANYTHING, to: ANYTHING }),
    example: { setting: 'skills', from: null, to: ['hud', 'callouts'] },
  },
  quality_changed: {
    data: object({
      from: count('Level before; 0 = everything is done.'),
      to: count('Level from now on.'),
      reason: oneOf(QUALITY_REASONS),
      p95_ms: number('Time to the answer that 95 of 100 frames kept.'),
      target_p95_ms: number('What the session aims at.'),
      credit: CREDIT_SCHEMA,
    }),
    example: {
      from: 0,
      to: 1,
      reason: 'p95_above_target',
      p95_ms: 312.5,
      target_p95_ms: 250,
      credit: { max_in_flight: 20, max_fps: 5, max_px: 8_294_400 },
    },
  },
  'socket.opened': SOCKET,
  'socket.closed': SOCKET,
  ...SOURCE_EVENT_DESCRIPTIONS,
  'budget.warning': SPENDING,
  'budget.degraded': SPENDING,
  'budget.spent': SPENDING,
  analysis: { data: VISION_RESULT_SCHEMA, example: VISION_RESULT_EXAMPLE },
  'game.*': {
    data: GAME_EVENT_SCHEMA,
    example: {
      event_id: 'evt_7Qm2nBz8rLd7P4GkTq0cY1',
      type: 'kill',
      timestamp: 1767225600.125,
      confidence: 0.97,
      detail: { killer: 'Sarge', victim: 'Grunt', weapon: 'railgun' },
      evidence: {},
    },
  },
  callout: { data: CALLOUT_SCHEMA, example: CALLOUT_EXAMPLE },
  team_message: {
    data: object({
      message_id: text(),
      team_id: text(),
      from_session_id: text(),
      from_user_id: text(),
      text: text(),
      priority: oneOf(TEAM_MESSAGE_PRIORITIES),
      created_at: number('Unix seconds.'),
    }),
    example: {
      message_id: 'msg_4GkTq0cY1vWm2nBz8rLd7P',
      team_id: 'red',
      from_session_id: 'sess_4GkTq0cY1vWm2nBz8rLd7P',
      from_user_id: 'ann',
      text: 'Two of them at the bridge',
      priority: 'important',
      created_at: 1767225600.125,
    },
  },
  transcript: {
    data: object({
      utterance_id: text(),
      role: oneOf(['player', 'stream'], '`stream`: the commentary of a broadcast.'),
      text: text('Empty when nothing was understood.'),
      accepted: { type: 'boolean', description: 'Whether it is sure enough to act upon.' },
      confidence: nullable(share()),
      source: text('`commands`, or `provider:model` of free dictation.'),
    }),
    example: {
      utterance_id: 'utt_4GkTq0cY1vWm2nBz8rLd7P',
      role: 'player',
      text: "what's the score",
      accepted: true,
      confidence: 0.94,
      source: 'commands',
    },
  },
  voice_response: {
    data: object({
      response_id: text(),
      utterance_id: nullable(text('What it answers; null for typed words.')),
      kind: oneOf(VOICE_REPLY_KINDS),
      text: text(),
      known: { type: 'boolean', description: 'False when it says that something is not known.' },
      source: text('`local`, or `provider:model`.'),
    }),
    example: {
      response_id: 'resp_4GkTq0cY1vWm2nBz8rLd7P',
      utterance_id: 'utt_4GkTq0cY1vWm2nBz8rLd7P',
      kind: 'answer',
      text: 'Red 1, blue 0, you lead by 1.',
      known: true,
      source: 'local',
    },
  },
};
