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
    description:
      'Address of the stream or video. For `stream_url`: HLS by https, `rtmp:`, `rtsp:`, `file:` (each as far as the operator allows it), or `sample:openarena-ctf`.',
    maxLength: 2048,
    example: 'https://www.youtube.com/watch?v=dQw4w9WgXcQ',
  })
  @MayBeAbsent()
  @IsString()
  @MaxLength(2048)
  @Matches(/^((https?|rtmp|rtsp|file):\/\/\S+|sample:[a-z0-9-]+)$/, {
    message: 'url must be an https, rtmp, rtsp, file or sample URL',
  })
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

  @ApiPropertyOptional({
    description:
      'Which variant of the stream: `best` (for the size that is looked at), `worst`, `source`, or a name such as `720p60`; the nearest when there is none of that name.',
    pattern: '^\\w{1,32}$',
    default: 'best',
    example: 'best',
  })
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
