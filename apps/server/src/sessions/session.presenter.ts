import type { Clock, SourceHealth, SessionConfiguration } from '@jiga/contracts';
import { unixSeconds } from '@jiga/contracts';
import { hasEnded, NO_SELF_CONNECTIONS, NO_VOICE, sessionTypeOf } from '@jiga/sessions';
import type {
  LiveSession,
  SessionMetricsSnapshot,
  SessionRecord,
  SessionTransition,
  VoiceFiguresSnapshot,
} from '@jiga/sessions';

import { toSocketUrl } from '../http/request-origin.js';
import type { SessionDto, SessionEndpointsDto } from './dto/session.dto.js';
import type { PartDto, SessionFailureDto, SessionPartsDto, SessionStatusDto } from './dto/session-state.dto.js';

export const SESSIONS_PATH = '/api/v1/jiga/sessions';

/**
 * A session as the API shows it. `origin` is what the caller reaches this server by, `live` the session while it lives.
 */
export function presentSession(record: SessionRecord, origin: string, live: LiveSession | null): SessionDto {
  const { configuration } = record;
  return {
    session_id: record.id,
    session_type: sessionTypeOf(configuration),
    state: record.state,
    state_reason: record.reason,
    processing_mode: configuration.processing_mode,
    configuration,
    endpoints: endpointsOf(record, origin),
    auto_connect: live?.metrics.selfConnections() ?? record.metrics?.auto_connect ?? NO_SELF_CONNECTIONS,
    created_at: record.createdAt,
    updated_at: record.updatedAt,
    ended_at: record.endedAt,
    recreated_from: record.recreatedFrom,
  };
}

export function presentStatus(
  record: SessionRecord,
  metrics: SessionMetricsSnapshot,
  transitions: readonly SessionTransition[],
  clock: Clock,
): SessionStatusDto {
  return {
    session_id: record.id,
    state: record.state,
    state_reason: record.reason,
    uptime: Math.max(0, (record.endedAt ?? unixSeconds(clock)) - record.createdAt),
    parts: partsOf(record, metrics),
    source: metrics.source ?? null,
    auto_connect: metrics.auto_connect ?? NO_SELF_CONNECTIONS,
    quality: metrics.quality,
    sockets: metrics.sockets.open,
    last_frame_at: metrics.frames.last_received_at,
    last_analysis_at: metrics.analyses.last_at,
    // Absent in figures that were kept by an earlier version.
    last_utterance_at: (metrics.audio ?? NO_VOICE).last_utterance_at,
    transitions: [...transitions],
  };
}

export function presentFailure(record: SessionRecord, metrics: SessionMetricsSnapshot): SessionFailureDto {
  const { id, configuration, createdAt, state, reason, updatedAt, failure } = record;
  return {
    session_id: id,
    user_id: configuration.user_id,
    video_input_source: configuration.video_input_source,
    reason: failure?.reason ?? reason,
    message: failure?.message ?? reason,
    attempts: failure?.attempts ?? 1,
    created_at: createdAt,
    failed_at: failure?.failedAt ?? updatedAt,
    state,
    failed_operations: metrics.failed_operations,
    last_operation_time: metrics.last_operation_time,
    twitch_connection_failed: metrics.twitch_connection_failed,
    twitch_error_message: metrics.twitch_error_message,
    session_failed_at: metrics.session_failed_at,
  };
}

function endpointsOf({ id, configuration }: SessionRecord, origin: string): SessionEndpointsDto {
  const http = `${origin}${SESSIONS_PATH}/${id}`;
  const socket = toSocketUrl(http);
  return {
    self: http,
    status: `${http}/status`,
    metrics: `${http}/metrics`,
    failure: `${http}/failure`,
    recreate: `${http}/recreate`,
    skills: `${http}/skills`,
    model_provider: `${http}/model-provider`,
    voice_settings: `${http}/voice-settings`,
    team_messages: `${http}/team-messages`,
    events: `${http}/events`,
    events_stream: `${socket}/events/stream`,
    stream_direct_video: `${socket}/streamDirectVideo`,
    high_speed_stream: configuration.high_speed_vision ? `${socket}/high-speed/stream` : null,
    audio_stream: `${socket}/audio/stream`,
    audio_process: `${http}/audio/process`,
    audio_process_with_response: `${http}/audio/process-with-response`,
    tokens: `${http}/tokens`,
  };
}

function partsOf({ state, configuration }: SessionRecord, metrics: SessionMetricsSnapshot): SessionPartsDto {
  const { frames, analyses, source } = metrics;
  if (hasEnded(state)) return { source: ENDED, vision: ENDED, audio: ENDED };
  return {
    source: source ? streamPart(source) : frames.last_received_at === null ? part('waiting', NO_FRAME) : OK,
    vision: analyses.last_at === null ? part('waiting', 'No frame was analysed yet.') : OK,
    audio: audioPart(configuration, metrics.audio ?? NO_VOICE),
  };
}

function audioPart({ voice_chat_enabled }: SessionConfiguration, { seconds_heard }: VoiceFiguresSnapshot): PartDto {
  if (!voice_chat_enabled) return part('off');
  return seconds_heard === 0 ? part('waiting', 'No sound has come yet.') : OK;
}

const NO_FRAME = 'No frame has come yet.';

/** A stream that shows advertisements or is being connected is waited for; only its end is a failure. */
function streamPart({ state, live, last_error: error }: SourceHealth): PartDto {
  if (live) return OK;
  if (state === 'failed') return part('failed', error?.message ?? null);
  return part('waiting', state === 'ad_break' ? 'The stream shows advertisements.' : (error?.message ?? NO_FRAME));
}

const part = (state: PartDto['state'], detail: string | null = null): PartDto => ({ state, detail });
const ENDED = part('ended');
const OK = part('ok');
