import { ApiProperty } from '@nestjs/swagger';

import {
  HIGH_SPEED_MODES,
  HIGH_SPEED_PRESETS,
  newId,
  PERMISSIONS,
  SELF_CONNECTION_STATES,
  SessionState,
  VideoInputSource,
  VOICE_CHAT_DEFAULTS,
  type HighSpeedMode,
  type JsonObject,
  type Permission,
  type ProcessingMode,
  type SelfConnectionFigures,
  type SelfConnections,
  type SessionConfiguration,
  type SessionType,
} from '@jiga/contracts';

import { HighSpeedConfigDto } from './high-speed-config.dto.js';
import { MODEL_CHOICE_SCHEMA } from './model-choice.schema.js';
import { BudgetDto, VideoSourceConfigDto } from './session-parts.dto.js';
import { VoiceChatConfigDto } from './voice-chat-config.dto.js';

export const EXAMPLE_SESSION_ID = `sess_${'0'.repeat(newId('session').length - 5)}`;
const EXAMPLE_URL = `http://127.0.0.1:3000/api/v1/jiga/sessions/${EXAMPLE_SESSION_ID}`;
const EXAMPLE_SOCKET = EXAMPLE_URL.replace('http', 'ws');

/** Every effective setting. */
export class SessionConfigurationDto implements SessionConfiguration {
  @ApiProperty({ description: 'Who plays.', example: 'player-1' })
  user_id!: string;

  @ApiProperty({ description: 'Made with an admin credential, as admin.', example: false })
  is_admin!: boolean;

  @ApiProperty({
    description: "The most that the session's own tokens may do.",
    enum: PERMISSIONS,
    example: 'configure',
  })
  permissions!: Permission;

  @ApiProperty({ description: 'As given.', type: 'object', additionalProperties: true, example: { language: 'en' } })
  preferences!: JsonObject;

  @ApiProperty({ description: 'How frames are processed.', enum: ['normal', 'high_speed'], example: 'normal' })
  processing_mode!: ProcessingMode;

  @ApiProperty({ description: 'Longest time between two heavy analyses while frames come, in seconds.', example: 3 })
  analysis_interval!: number;

  @ApiProperty({ description: 'Analyses at once.', example: 1 })
  max_concurrent_analyses!: number;

  @ApiProperty({ description: 'Whether it is on.', example: false })
  high_speed_vision!: boolean;

  @ApiProperty({ description: 'The set of high-speed settings.', enum: HIGH_SPEED_MODES, example: 'balanced' })
  high_speed_mode!: HighSpeedMode;

  @ApiProperty({
    description: 'What that set and the overrides come to; in effect with high_speed_vision.',
    type: () => HighSpeedConfigDto,
    example: HIGH_SPEED_PRESETS.balanced,
  })
  high_speed_config!: SessionConfiguration['high_speed_config'];

  @ApiProperty({ description: 'Whether it listens and speaks.', example: false })
  voice_chat_enabled!: boolean;

  @ApiProperty({ description: 'Whether the server opens the audio socket itself.', example: false })
  auto_connect_audio!: boolean;

  @ApiProperty({
    description: 'How it listens and speaks.',
    type: () => VoiceChatConfigDto,
    example: VOICE_CHAT_DEFAULTS,
  })
  voice_chat_config!: SessionConfiguration['voice_chat_config'];

  @ApiProperty({
    description: 'Where the picture comes from.',
    enum: Object.values(VideoInputSource),
    example: 'direct_screen',
  })
  video_input_source!: VideoInputSource;

  @ApiProperty({
    description: 'Settings of that source.',
    type: () => VideoSourceConfigDto,
    nullable: true,
    example: null,
  })
  video_source_config!: SessionConfiguration['video_source_config'];

  @ApiProperty({ description: 'Game profile, or `auto`.', example: 'auto' })
  game!: string;

  @ApiProperty({ description: 'Team whose messages it shares.', type: 'string', nullable: true, example: null })
  team_id!: string | null;

  @ApiProperty({
    description: 'Skills that run; null = all.',
    oneOf: [
      { type: 'array', items: { type: 'string' } },
      { type: 'object', additionalProperties: { type: 'object', additionalProperties: true } },
    ],
    nullable: true,
    example: null,
  })
  skills!: SessionConfiguration['skills'];

  @ApiProperty({
    description: 'Fallback chains of `provider:model` by capability.',
    type: 'object',
    additionalProperties: { type: 'array', items: MODEL_CHOICE_SCHEMA },
    nullable: true,
    example: null,
  })
  model_provider!: SessionConfiguration['model_provider'];

  @ApiProperty({ description: 'What it may spend.', type: () => BudgetDto, nullable: true, example: null })
  budget!: SessionConfiguration['budget'];

  @ApiProperty({
    description: 'Without a frame, sound, new socket or changed setting for so long, it ends; null = never.',
    type: Number,
    nullable: true,
    example: 3600,
  })
  idle_timeout_seconds!: number | null;

  @ApiProperty({ description: 'Age at which it ends; null = never.', type: Number, nullable: true, example: null })
  max_duration_seconds!: number | null;
}

const url = (name: string, description: string): PropertyDecorator =>
  ApiProperty({ description, format: 'uri', example: `${EXAMPLE_URL}${name}` });
const socketUrl = (name: string, description: string): PropertyDecorator =>
  ApiProperty({ description, format: 'uri', example: `${EXAMPLE_SOCKET}${name}` });

/** Where everything of the session is. */
export class SessionEndpointsDto {
  @url('', 'The session itself.') self!: string;
  @url('/status', 'State and health of each part.') status!: string;
  @url('/metrics', 'Figures.') metrics!: string;
  @url('/failure', 'Why it failed.') failure!: string;
  @url('/recreate', 'A new session with the same configuration.') recreate!: string;
  @url('/skills', 'Which skills run.') skills!: string;
  @url('/model-provider', 'Which models are asked.') model_provider!: string;
  @url('/voice-settings', 'How it listens and speaks.') voice_settings!: string;
  @url('/team-messages', 'Messages of the team.') team_messages!: string;
  @url('/events', 'The timeline.') events!: string;
  @socketUrl('/events/stream', 'The timeline as it grows.') events_stream!: string;
  @socketUrl('/streamDirectVideo', 'Where frames are sent.') stream_direct_video!: string;

  @ApiProperty({
    description: 'Where frames are sent at high speed; null without high_speed_vision.',
    type: 'string',
    format: 'uri',
    nullable: true,
    example: null,
  })
  high_speed_stream!: string | null;

  @socketUrl('/audio/stream', 'Where sound is sent and comes from.') audio_stream!: string;
  @url('/audio/process', 'One utterance.') audio_process!: string;
  @url('/audio/process-with-response', 'One utterance, with an answer.') audio_process_with_response!: string;
  @url('/tokens', 'Tokens for game clients and browsers.') tokens!: string;
}

export class AutoConnectionDto implements SelfConnectionFigures {
  @ApiProperty({
    description: 'State of the connection.',
    enum: SELF_CONNECTION_STATES,
    example: 'off',
  })
  state!: SelfConnectionFigures['state'];

  @ApiProperty({ description: 'How often it was made again.', example: 0 })
  reconnects!: number;

  @ApiProperty({ description: 'Why it is not there.', type: 'string', nullable: true, example: null })
  last_error!: string | null;
}

/** WebSockets that the server opens to itself. */
export class AutoConnectDto implements SelfConnections {
  @ApiProperty({ description: 'The audio socket.', type: AutoConnectionDto })
  audio!: AutoConnectionDto;

  @ApiProperty({ description: 'The high-speed video socket.', type: AutoConnectionDto })
  high_speed_vision!: AutoConnectionDto;
}

export class SessionDto {
  @ApiProperty({ description: 'Unguessable.', pattern: '^sess_[0-9A-Za-z]{22}$', example: EXAMPLE_SESSION_ID })
  session_id!: string;

  @ApiProperty({
    description: 'What it can do.',
    enum: ['standard', 'high_speed', 'voice_chat', 'combined'],
    example: 'standard',
  })
  session_type!: SessionType;

  @ApiProperty({ description: 'Where it is in its life.', enum: Object.values(SessionState), example: 'active' })
  state!: SessionState;

  @ApiProperty({ description: 'What brought it there: a stable word.', example: 'endpoints_ready' })
  state_reason!: string;

  @ApiProperty({ description: 'How frames are processed.', enum: ['normal', 'high_speed'], example: 'normal' })
  processing_mode!: ProcessingMode;

  @ApiProperty({ description: 'Every effective setting.', type: SessionConfigurationDto })
  configuration!: SessionConfigurationDto;

  @ApiProperty({ description: 'Where everything of it is.', type: SessionEndpointsDto })
  endpoints!: SessionEndpointsDto;

  @ApiProperty({ description: 'WebSockets that the server opens to itself.', type: AutoConnectDto })
  auto_connect!: AutoConnectDto;

  @ApiProperty({ description: 'Unix seconds.', example: 1_767_225_600.25 })
  created_at!: number;

  @ApiProperty({ description: 'Last change of state, Unix seconds.', example: 1_767_225_600.25 })
  updated_at!: number;

  @ApiProperty({ description: 'Unix seconds; null while it lives.', type: 'number', nullable: true, example: null })
  ended_at!: number | null;

  @ApiProperty({
    description: 'The session whose configuration it took over.',
    type: 'string',
    nullable: true,
    example: null,
  })
  recreated_from!: string | null;
}

export class SessionListDto {
  @ApiProperty({ description: 'Newest first.', type: [SessionDto] })
  items!: SessionDto[];

  @ApiProperty({ description: 'For the next page; null on the last.', type: 'string', nullable: true, example: null })
  next_cursor!: string | null;
}
