import type { ErrorCode } from '../errors.js';
import { VOICE_REPLY_KINDS } from '../events/index.js';
import { VOICE_LANGUAGES } from '../session-configuration.js';
import { CALLOUT_PRIORITIES } from '../vision.js';
import { FLAG, PIECE, PIECE_EXAMPLE, RESPONSE } from './audio.schemas.js';
import { EVENT_DESCRIPTIONS } from './events.schemas.js';
import { array, count, nullable, number, object, oneOf, share, text } from './json-schema.js';
import type { JsonSchema } from './json-schema.js';
import { fromClient, fromServer } from './message-builders.js';
import { CALLOUT_EXAMPLE } from './vision-result.example.js';
import { CALLOUT_SCHEMA } from './vision-result.schema.js';
import { HEARTBEAT, MESSAGE_IDS, SESSION_MOVING, SOCKET_ERROR_CODES } from './wire-message.js';
import type { WireChannel, WireMessage } from './wire-message.js';

const ERROR_CODES: readonly ErrorCode[] = [
  ...SOCKET_ERROR_CODES,
  'unsupported_audio',
  'invalid_audio',
  'audio_too_long',
  'audio_overloaded',
  'audio_failed',
  'capability_unavailable',
  'voice_chat_off',
  'team_messaging_off',
  'no_team',
];

const UTTERANCE = 'utt_4GkTq0cY1vWm2nBz8rLd7P';
const PLAYED_MS: JsonSchema = {
  type: ['number', 'null'],
  minimum: 0,
  maximum: 3.6e6,
  description: 'How much of the response has been played, in milliseconds.',
};
const SAMPLE_RATE: JsonSchema = { type: ['integer', 'null'], minimum: 8000, maximum: 192_000, description: 'Hertz.' };
const CHANNELS: JsonSchema = { type: ['integer', 'null'], minimum: 1, maximum: 2 };

type MessageParts = Parameters<typeof fromServer>;
const client = (...[type, summary, fields, example]: MessageParts): WireMessage =>
  fromClient(type, summary, { ...fields, optional: { ...fields.optional, ...MESSAGE_IDS } }, example);
const server = (...[type, summary, fields, example]: MessageParts): WireMessage =>
  fromServer(type, summary, { ...fields, optional: { ...fields.optional, ...MESSAGE_IDS } }, example);

const CLIENT_MESSAGES: readonly WireMessage[] = [
  client(
    'audio_chunk',
    'Sound in JSON: samples, or a whole small file that is recognised by its content. Samples may come as a binary message too: PCM16, little-endian, as `configure` says, without any header.',
    {
      required: { audio_base64: { type: 'string', minLength: 1, contentEncoding: 'base64' } },
      optional: {
        audio_format: {
          type: ['string', 'null'],
          maxLength: 32,
          description: '`pcm16` (little-endian) for samples; anything else is a file. Without it, `pcm16`.',
        },
        sample_rate: SAMPLE_RATE,
        channels: CHANNELS,
      },
    },
    { audio_base64: 'AAABAAIAAwA=', audio_format: 'pcm16', sample_rate: 16_000, channels: 1 },
  ),
  client(
    'configure',
    'Tells what binary messages hold from now on (at first 16,000 Hz, one channel).',
    { optional: { sample_rate: SAMPLE_RATE, channels: CHANNELS } },
    { sample_rate: 48_000, channels: 1, request_id: 'c1' },
  ),
  client(
    'commit',
    'The player has ended: push-to-talk is let go. `speech_stopped`, and what follows from the turn, carry its ids.',
    {},
    { request_id: 'c2' },
  ),
  client(
    'interrupt',
    'Stops what JIGA says. Answered by `interrupted`, also when nothing was being said.',
    { optional: { played_ms: PLAYED_MS } },
    { played_ms: 840, request_id: 'i1' },
  ),
  client(
    'played',
    'How far the client has played a response: what an interrupted answer is cut to. Best now and then while playing, and after `interrupted`. Answered only when `response_id` is none of the latest responses on this socket: `error` `invalid_message`.',
    { required: { response_id: text(), played_ms: { ...PLAYED_MS, type: 'number' } } },
    { response_id: RESPONSE, played_ms: 840 },
  ),
  client(
    'text_input',
    'Words that are typed instead of spoken.',
    { required: { text: { type: 'string', minLength: 1, maxLength: 500 } } },
    { text: "what's the score", request_id: 't1' },
  ),
  client('ping', 'Ask for a `pong`.', { optional: HEARTBEAT }, { request_id: 'p1' }),
];

const SERVER_MESSAGES: readonly WireMessage[] = [
  server(
    'connected',
    'The welcome: the first message of every accepted connection, with how things stand for whoever comes late.',
    {
      required: {
        message: text(),
        session_id: text(),
        voice_chat_enabled: { type: 'boolean' },
        auto_connect_audio: { type: 'boolean' },
        role: oneOf(['player', 'stream'], '`stream` (query `role=stream`): sound of a broadcast; nobody is answered.'),
        language: oneOf(VOICE_LANGUAGES),
        sample_rate: count('Of binary messages, in hertz.'),
        channels: count('Of binary messages.', 1),
        callouts_from: nullable(oneOf(CALLOUT_PRIORITIES, 'Callouts below are not spoken; null = none is.')),
        dictation: FLAG('Whether more than commands is understood.'),
        last_exchange: array(object({ from: oneOf(['player', 'jiga']), text: text() })),
      },
    },
    {
      message: 'JIGA-AI audio streaming WebSocket connected',
      session_id: 'sess_4GkTq0cY1vWm2nBz8rLd7P',
      voice_chat_enabled: true,
      auto_connect_audio: false,
      role: 'player',
      language: 'en',
      sample_rate: 16_000,
      channels: 1,
      callouts_from: 'info',
      dictation: false,
      last_exchange: [{ from: 'player', text: "what's the score" }],
      seq: 1,
    },
  ),
  server(
    'speech_started',
    'The player begins to speak.',
    { required: { utterance_id: text(), at_ms: number('By the count of the sound received.') } },
    { utterance_id: UTTERANCE, at_ms: 1312 },
  ),
  server(
    'speech_stopped',
    'The player has ended.',
    {
      required: {
        utterance_id: text(),
        at_ms: number('End of the speech, by the count of the sound received.'),
        duration_ms: number(),
        reason: oneOf(
          ['silence', 'commit', 'max_duration', 'too_short', 'no_speech'],
          'The last two: it was nothing, and no transcript follows.',
        ),
      },
    },
    { utterance_id: UTTERANCE, at_ms: 2368, duration_ms: 1056, reason: 'silence' },
  ),
  server(
    'transcript',
    'What was heard. Not final: while the player pauses.',
    {
      required: {
        utterance_id: text(),
        final: { type: 'boolean' },
        text: text('Empty when nothing was understood; of a rejected one, the best guess.'),
        accepted: FLAG('Whether it is sure enough to act upon.'),
        reason: nullable(oneOf(['not_a_command', 'uncertain'], 'Why it was rejected.')),
        confidence: nullable(
          share('Probability that the words are right, 0–1; null where the recogniser does not tell.'),
        ),
        coverage: nullable(share('Part of the speech that the words account for.')),
        source: text('`commands`, or `provider:model` of free dictation.'),
      },
    },
    {
      utterance_id: UTTERANCE,
      final: true,
      text: "what's the score",
      accepted: true,
      reason: null,
      confidence: 0.94,
      coverage: 0.97,
      source: 'commands',
    },
  ),
  server(
    'voice_response',
    'A piece of an answer: the first as soon as it is ready, then the rest. With `response_type` `audio` it is a binary message: the length of the header (unsigned 32 bits, big-endian), this object, the sound.',
    {
      required: {
        ...PIECE,
        utterance_id: nullable(text('What it answers; null for typed words.')),
        kind: oneOf(VOICE_REPLY_KINDS),
        known: FLAG('False when it says that something is not known.'),
        source: text('`local`, or `provider:model`.'),
      },
    },
    { ...PIECE_EXAMPLE, utterance_id: UTTERANCE, kind: 'answer', known: true, source: 'local' },
  ),
  server(
    'callout',
    'Something worth saying, spoken. Never over the player unless it is urgent.',
    { required: { ...PIECE, data: CALLOUT_SCHEMA } },
    { ...PIECE_EXAMPLE, text: CALLOUT_EXAMPLE.text, data: CALLOUT_EXAMPLE },
  ),
  server(
    'team_message',
    "A message of the team, this player's own too.",
    { required: { data: EVENT_DESCRIPTIONS.team_message.data } },
    { data: EVENT_DESCRIPTIONS.team_message.example },
  ),
  server(
    'interrupted',
    'Stop playing now. When it is resumable, keep the rest: `resumed` may follow. At the first sign of a voice it may come before `speech_started`, and in vain.',
    {
      required: {
        response_id: nullable(text('null: the client interrupted, and nothing was being said.')),
        played_ms: number('How much of it the server takes to be played.'),
        reason: oneOf(['speech', 'client', 'superseded', 'urgent_callout']),
        resumable: { type: 'boolean' },
      },
    },
    { response_id: RESPONSE, played_ms: 840, reason: 'speech', resumable: true },
  ),
  server(
    'resumed',
    'It was no interruption: play on.',
    { required: { response_id: text(), from_ms: number() } },
    { response_id: RESPONSE, from_ms: 840 },
  ),
  server(
    'configured',
    'Answers `configure`, and tells of changed voice settings.',
    { required: { sample_rate: count('Hertz.'), channels: count('1 or 2.', 1), language: oneOf(VOICE_LANGUAGES) } },
    { sample_rate: 48_000, channels: 1, language: 'en', request_id: 'c1' },
  ),
  server('pong', 'Answers `ping`.', {}, { request_id: 'p1' }),
  SESSION_MOVING,
  server(
    'error',
    'Something was wrong; the socket stays open unless a close code follows.',
    {
      required: {
        code: oneOf(ERROR_CODES, 'Stable. What each means is in the list of error codes.'),
        message: text('For people.'),
        retryable: FLAG('Whether the same message may succeed later.'),
      },
      optional: {
        errors: array(object({ pointer: text('JSON Pointer into the message.'), code: text(), detail: text() })),
        retry_after: number('Seconds.'),
      },
    },
    { code: 'invalid_message', message: 'audio_base64 is missing or empty', retryable: false, request_id: 'a1' },
  ),
];

/** The audio socket: every message that may travel on it. */
export const AUDIO_CHANNEL: WireChannel = {
  id: 'audioStream',
  path: '/api/v1/jiga/sessions/{session_id}/audio/stream',
  summary: "The player's voice in, JIGA's answers and spoken callouts out.",
  messages: [...CLIENT_MESSAGES, ...SERVER_MESSAGES],
};
