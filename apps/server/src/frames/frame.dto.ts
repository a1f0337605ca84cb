import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsNumber, IsString, Matches, Max, Min } from 'class-validator';

import { EXAMPLE_PICTURE_BASE64 } from '@jiga/contracts';

import { MayBeAbsent } from '../http/validation.decorators.js';

const SOURCE = /^[^\p{Cc}\p{Cs}]{1,64}$/u;
const CHANNEL = /^[^\p{Cc}\p{Cs}]{1,128}$/u;

/** What is told about a picture that is the body itself. */
export class FrameQuery {
  @ApiPropertyOptional({
    description: 'When it was captured, Unix seconds; now when left out.',
    minimum: 0,
    maximum: 1e11,
  })
  @MayBeAbsent()
  @IsNumber()
  @Min(0)
  @Max(1e11)
  timestamp?: number;

  @ApiPropertyOptional({ description: 'Where it comes from.', maxLength: 64 })
  @MayBeAbsent()
  @IsString()
  @Matches(SOURCE, { message: 'source must be 1 to 64 characters, none of them a control character' })
  source?: string;

  @ApiPropertyOptional({ description: 'Channel that it shows.', maxLength: 128 })
  @MayBeAbsent()
  @IsString()
  @Matches(CHANNEL, { message: 'channel must be 1 to 128 characters, none of them a control character' })
  channel?: string;
}

/** A picture in JSON; read by hand like the messages of the video socket. */
export class FrameDto {
  @ApiProperty({
    description: 'JPEG, PNG or WebP in base64; a `data:` URL is taken too.',
    example: EXAMPLE_PICTURE_BASE64,
  })
  frame_data!: string;

  @ApiPropertyOptional({
    description: 'When it was captured, Unix seconds; now when left out.',
    example: 1_767_225_600.25,
  })
  timestamp?: number;

  @ApiPropertyOptional({ description: 'Where it comes from.', example: 'direct_screen' })
  source?: string;

  @ApiPropertyOptional({ description: 'Channel that it shows.', type: 'string', nullable: true, example: null })
  channel?: string | null;
}

export const FRAME_FIELDS = ['frame_data', 'timestamp', 'source', 'channel'] as const satisfies (keyof FrameDto)[];
