import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Allow, IsBoolean, IsIn, IsNumber, IsObject, IsString, Matches, Max, Min } from 'class-validator';

import { HIGH_SPEED_MODES, PERMISSIONS, VideoInputSource } from '@jiga/contracts';
import type {
  HighSpeedMode,
  JsonObject,
  ModelProviderSelection,
  Permission,
  SessionRequest,
  SkillSelection,
} from '@jiga/contracts';
import { GAME_IDS } from '@jiga/vision';

import { CheckedBy, MayBeAbsent, MayBeNull, Nested } from '../../http/validation.decorators.js';
import { checkCreateSession } from './create-session.rules.js';
import { HighSpeedConfigDto } from './high-speed-config.dto.js';
import { MODEL_CHOICE_SCHEMA } from './model-choice.schema.js';
import { BudgetDto, VideoSourceConfigDto } from './session-parts.dto.js';
import { VoiceChatConfigDto } from './voice-chat-config.dto.js';

const GAMES = ['auto', ...GAME_IDS];
const SOURCES = Object.values(VideoInputSource);

/** The seed's CreateJigaControllerSessionRequest, and what this server adds to it. */
@CheckedBy(checkCreateSession)
export class CreateSessionDto implements SessionRequest {
  @ApiProperty({
    description: 'Who plays. Any text without control characters.',
    minLength: 1,
    maxLength: 128,
    example: 'player-1',
  })
  @IsString()
  @Matches(/^[^\p{Cc}\p{Cs}]{1,128}$/u, {
    message: 'user_id must be 1 to 128 characters, none of them a control character',
  })
  user_id!: string;

  @ApiPropertyOptional({ description: 'Needs an admin credential.', default: false, example: false })
  @MayBeAbsent()
  @IsBoolean()
  is_admin?: boolean;

  @ApiPropertyOptional({
    description: "The most that the session's own tokens may do. `admin` needs an admin credential.",
    enum: PERMISSIONS,
    default: 'configure',
    example: 'configure',
  })
  @MayBeAbsent()
  @IsIn(PERMISSIONS)
  permissions?: Permission;

  @ApiPropertyOptional({
    description: 'Anything of yours, kept and given back; at most 16 KiB. null = {}.',
    type: 'object',
    additionalProperties: true,
    nullable: true,
    default: {},
    example: { language: 'en' },
  })
  @MayBeNull()
  @IsObject()
  preferences?: JsonObject | null;

  @ApiPropertyOptional({ description: 'Half-second analyses, many at once.', default: false, example: false })
  @MayBeAbsent()
  @IsBoolean()
  high_speed_vision?: boolean;

  @ApiPropertyOptional({
    description: 'A set of high-speed settings.',
    enum: HIGH_SPEED_MODES,
    default: 'balanced',
    example: 'balanced',
  })
  @MayBeAbsent()
  @IsIn(HIGH_SPEED_MODES)
  high_speed_mode?: HighSpeedMode;

  @ApiPropertyOptional({ description: 'Overrides of that set.', type: () => HighSpeedConfigDto, nullable: true })
  @MayBeNull()
  @Nested(() => HighSpeedConfigDto)
  high_speed_config?: HighSpeedConfigDto | null;

  @ApiPropertyOptional({ description: 'Listen and speak.', default: false, example: false })
  @MayBeAbsent()
  @IsBoolean()
  voice_chat_enabled?: boolean;

  @ApiPropertyOptional({
    description: 'Let the server open the audio socket itself; of use with `voice_chat_enabled` alone.',
    default: false,
    example: false,
  })
  @MayBeAbsent()
  @IsBoolean()
  auto_connect_audio?: boolean;

  @ApiPropertyOptional({ description: 'How it listens and speaks.', type: () => VoiceChatConfigDto, nullable: true })
  @MayBeNull()
  @Nested(() => VoiceChatConfigDto)
  voice_chat_config?: VoiceChatConfigDto | null;

  @ApiPropertyOptional({
    description: 'Where the picture comes from.',
    enum: SOURCES,
    default: 'direct_screen',
    example: 'direct_screen',
  })
  @MayBeAbsent()
  @IsIn(SOURCES)
  video_input_source?: VideoInputSource;

  @ApiPropertyOptional({ description: 'Settings of that source.', type: () => VideoSourceConfigDto, nullable: true })
  @MayBeNull()
  @Nested(() => VideoSourceConfigDto)
  video_source_config?: VideoSourceConfigDto | null;

  @ApiPropertyOptional({
    description: 'Which game it is, or `auto` to find out. Those of `GET /games` are read in full.',
    default: 'auto',
    enum: GAMES,
    example: 'auto',
  })
  @MayBeAbsent()
  @IsIn(GAMES, { message: `game must be one of ${GAMES.join(', ')}` })
  game?: string;

  @ApiPropertyOptional({
    description: 'Sessions of one team share their team messages.',
    type: 'string',
    nullable: true,
    pattern: '^[\\w.:-]{1,64}$',
    example: 'blue-squad',
  })
  @MayBeNull()
  @IsString()
  @Matches(/^[\w.:-]{1,64}$/, { message: 'team_id must be 1 to 64 letters, digits or _ . : -' })
  team_id?: string | null;

  @ApiPropertyOptional({
    description: 'Analysis skills that run: ids, or ids with settings. Left out = all; empty = the cheap stage alone.',
    oneOf: [
      { type: 'array', items: { type: 'string' }, maxItems: 64 },
      { type: 'object', additionalProperties: { type: 'object', additionalProperties: true } },
    ],
    nullable: true,
    example: ['hud_reading', 'game_events', 'callouts'],
  })
  @Allow()
  skills?: SkillSelection | null;

  @ApiPropertyOptional({
    description: 'Per capability, what is asked first, second, …: `provider:model`.',
    type: 'object',
    additionalProperties: { type: 'array', items: MODEL_CHOICE_SCHEMA, minItems: 1, maxItems: 8 },
    nullable: true,
    example: { vision: ['local:default'] },
  })
  @MayBeNull()
  @IsObject()
  model_provider?: ModelProviderSelection | null;

  @ApiPropertyOptional({ description: 'What it may spend.', type: () => BudgetDto, nullable: true })
  @MayBeNull()
  @Nested(() => BudgetDto)
  budget?: BudgetDto | null;

  @ApiPropertyOptional({
    description:
      'Ends the session with reason `idle_timeout` after so long without a frame, sound, a message of a client on any of its sockets (`ping` counts, unless it has `heartbeat: true`) or a request that makes use of it; a socket that is only open does not count. Left out or null = the default of the server.',
    type: Number,
    nullable: true,
    minimum: 1,
    maximum: 2_073_600,
    example: 3600,
  })
  @MayBeNull()
  @IsNumber()
  @Min(1)
  @Max(2_073_600)
  idle_timeout_seconds?: number | null;

  @ApiPropertyOptional({
    description:
      'Ends the session with reason `max_duration` at this age. Left out or null = the default of the server.',
    type: Number,
    nullable: true,
    minimum: 1,
    maximum: 2_073_600,
    example: 86_400,
  })
  @MayBeNull()
  @IsNumber()
  @Min(1)
  @Max(2_073_600)
  max_duration_seconds?: number | null;
}
