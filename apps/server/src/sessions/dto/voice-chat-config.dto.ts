import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsInt, IsNumber, Max, Min } from 'class-validator';

import { AUDIO_FORMATS, RESPONSE_TYPES, VOICE_LANGUAGES, VOICE_QUALITIES, type VoiceChatConfig } from '@jiga/contracts';

import { MayBeAbsent } from '../../http/validation.decorators.js';

/** How the session listens and speaks. */
export class VoiceChatConfigDto implements Partial<VoiceChatConfig> {
  @ApiPropertyOptional({
    description: 'What an answer is.',
    enum: RESPONSE_TYPES,
    default: 'base64_audio',
    example: 'text',
  })
  @MayBeAbsent()
  @IsIn(RESPONSE_TYPES)
  response_type?: (typeof RESPONSE_TYPES)[number];

  @ApiPropertyOptional({
    description: 'Format of spoken answers.',
    enum: AUDIO_FORMATS,
    default: 'wav',
    example: 'wav',
  })
  @MayBeAbsent()
  @IsIn(AUDIO_FORMATS)
  audio_format?: (typeof AUDIO_FORMATS)[number];

  @ApiPropertyOptional({
    description: 'Samples a second.',
    minimum: 8000,
    maximum: 48_000,
    default: 22_050,
    example: 22_050,
  })
  @MayBeAbsent()
  @IsInt()
  @Min(8000)
  @Max(48_000)
  sample_rate?: number;

  @ApiPropertyOptional({ description: '1 = mono, 2 = stereo.', minimum: 1, maximum: 2, default: 1, example: 1 })
  @MayBeAbsent()
  @IsInt()
  @Min(1)
  @Max(2)
  channels?: number;

  @ApiPropertyOptional({ description: 'Find speech by itself.', default: true, example: true })
  @MayBeAbsent()
  @IsBoolean()
  auto_voice_activation?: boolean;

  @ApiPropertyOptional({
    description: 'How sure it must be that it is speech.',
    minimum: 0,
    maximum: 1,
    default: 0.3,
    example: 0.3,
  })
  @MayBeAbsent()
  @IsNumber()
  @Min(0)
  @Max(1)
  voice_activation_threshold?: number;

  @ApiPropertyOptional({ description: 'Listen on after an utterance.', default: true, example: true })
  @MayBeAbsent()
  @IsBoolean()
  continuous_listening?: boolean;

  @ApiPropertyOptional({ description: 'Make team messages of what is said.', default: true, example: true })
  @MayBeAbsent()
  @IsBoolean()
  enable_team_messaging?: boolean;

  @ApiPropertyOptional({
    description: 'Quality of the voice.',
    enum: VOICE_QUALITIES,
    default: 'standard',
    example: 'standard',
  })
  @MayBeAbsent()
  @IsIn(VOICE_QUALITIES)
  voice_quality?: (typeof VOICE_QUALITIES)[number];

  @ApiPropertyOptional({ description: 'Take noise out of what is heard.', default: true, example: true })
  @MayBeAbsent()
  @IsBoolean()
  enable_noise_suppression?: boolean;

  @ApiPropertyOptional({ description: 'Take its own voice out of what is heard.', default: true, example: true })
  @MayBeAbsent()
  @IsBoolean()
  enable_echo_cancellation?: boolean;

  @ApiPropertyOptional({
    description:
      'Send the newest frame, made small, along with what is asked of a `reply` model that takes pictures (`picture_models` of its provider).',
    default: false,
    example: false,
  })
  @MayBeAbsent()
  @IsBoolean()
  enable_frame_context?: boolean;

  @ApiPropertyOptional({
    description: 'Longest utterance, in seconds.',
    minimum: 1,
    maximum: 300,
    default: 30,
    example: 30,
  })
  @MayBeAbsent()
  @IsInt()
  @Min(1)
  @Max(300)
  max_recording_duration?: number;

  @ApiPropertyOptional({
    description: 'Seconds of silence that end an utterance.',
    minimum: 0.1,
    maximum: 30,
    default: 2,
    example: 2,
  })
  @MayBeAbsent()
  @IsNumber()
  @Min(0.1)
  @Max(30)
  silence_timeout?: number;

  @ApiPropertyOptional({
    description: 'Language that is understood and answered in.',
    enum: VOICE_LANGUAGES,
    default: 'en',
    example: 'en',
  })
  @MayBeAbsent()
  @IsIn(VOICE_LANGUAGES)
  language?: (typeof VOICE_LANGUAGES)[number];
}
