import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsNumber, IsString, Matches, Max, MaxLength, Min } from 'class-validator';

import type { SessionBudget, VideoSourceConfig } from '@jiga/contracts';

import { MayBeAbsent } from '../../http/validation.decorators.js';

/** Where an ingested picture comes from. Which keys are needed depends on `video_input_source`. */
export class VideoSourceConfigDto implements VideoSourceConfig {
  @ApiPropertyOptional({ description: 'Twitch channel.', pattern: '^[A-Za-z0-9_]{3,25}$', example: 'some_channel' })
  @MayBeAbsent()
  @IsString()
  @Matches(/^[A-Za-z0-9_]{3,25}$/, { message: 'channel_name must be 3 to 25 letters, digits or _' })
  channel_name?: string;

  @ApiPropertyOptional({
    description: 'Address of the stream or video.',
    maxLength: 2048,
    example: 'https://www.youtube.com/watch?v=dQw4w9WgXcQ',
  })
  @MayBeAbsent()
  @IsString()
  @MaxLength(2048)
  @Matches(/^(https?|rtmps?|rtsps?|file):\/\/\S+$/, { message: 'url must be an http, rtmp, rtsp or file URL' })
  url?: string;

  @ApiPropertyOptional({ description: 'YouTube video.', pattern: '^[\\w-]{11}$', example: 'dQw4w9WgXcQ' })
  @MayBeAbsent()
  @IsString()
  @Matches(/^[\w-]{11}$/, { message: 'video_id must be the 11 characters of a YouTube video' })
  video_id?: string;

  @ApiPropertyOptional({
    description: 'YouTube channel, as a handle or an id.',
    pattern: '^@?[\\w.-]{3,100}$',
    example: '@some_channel',
  })
  @MayBeAbsent()
  @IsString()
  @Matches(/^@?[\w.-]{3,100}$/, { message: 'channel must be a YouTube handle or channel id' })
  channel?: string;

  @ApiPropertyOptional({ description: 'Which variant of the stream.', pattern: '^\\w{1,32}$', example: 'best' })
  @MayBeAbsent()
  @IsString()
  @Matches(/^\w{1,32}$/, { message: 'quality must be 1 to 32 letters, digits or _' })
  quality?: string;

  @ApiPropertyOptional({ description: 'Frames a second to take from it.', minimum: 0.1, maximum: 60, example: 2 })
  @MayBeAbsent()
  @IsNumber()
  @Min(0.1)
  @Max(60)
  fps?: number;
}

/** What the session may spend; it ends when that is spent. */
export class BudgetDto implements SessionBudget {
  @ApiPropertyOptional({ description: 'US dollars for remote models.', minimum: 0, example: 1.5 })
  @MayBeAbsent()
  @IsNumber()
  @Min(0)
  @Max(1_000_000)
  usd?: number;

  @ApiPropertyOptional({ description: 'Tokens of remote models.', minimum: 0, example: 100_000 })
  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(1_000_000_000_000)
  tokens?: number;

  @ApiPropertyOptional({
    description: 'Seconds that the session may last.',
    minimum: 1,
    maximum: 604_800,
    example: 3600,
  })
  @MayBeAbsent()
  @IsNumber()
  @Min(1)
  @Max(604_800)
  seconds?: number;
}
