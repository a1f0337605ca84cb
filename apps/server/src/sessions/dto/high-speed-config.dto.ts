import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsInt, IsNumber, Max, Min } from 'class-validator';

import { COMPRESSION_LEVELS, type HighSpeedConfig } from '@jiga/contracts';

import { MayBeAbsent, MayBeNull } from '../../http/validation.decorators.js';

/** Overrides of what `high_speed_mode` stands for. */
export class HighSpeedConfigDto implements Partial<HighSpeedConfig> {
  @ApiPropertyOptional({
    description: 'Frames a second to send: what `credit` grants. Above some times as many, frames are refused.',
    minimum: 0.1,
    maximum: 60,
    example: 5,
  })
  @MayBeAbsent()
  @IsNumber()
  @Min(0.1)
  @Max(60)
  target_fps?: number;

  @ApiPropertyOptional({ description: 'Seconds between two heavy analyses.', minimum: 0.1, maximum: 60, example: 0.5 })
  @MayBeAbsent()
  @IsNumber()
  @Min(0.1)
  @Max(60)
  analysis_interval?: number;

  @ApiPropertyOptional({ description: 'Analyses at once.', minimum: 1, maximum: 10, example: 10 })
  @MayBeAbsent()
  @IsInt()
  @Min(1)
  @Max(10)
  max_concurrent_analyses?: number;

  @ApiPropertyOptional({
    description:
      'Size of pictures that the server encodes, and advises to clients: `low` 1280×720, `medium` 854×480, `high` 480×270.',
    enum: COMPRESSION_LEVELS,
    example: 'high',
  })
  @MayBeAbsent()
  @IsIn(COMPRESSION_LEVELS)
  compression_level?: (typeof COMPRESSION_LEVELS)[number];

  @ApiPropertyOptional({ description: 'JPEG quality of those pictures.', minimum: 1, maximum: 100, example: 30 })
  @MayBeAbsent()
  @IsInt()
  @Min(1)
  @Max(100)
  jpeg_quality?: number;

  @ApiPropertyOptional({ description: 'Whether like frames share a result.', example: true })
  @MayBeAbsent()
  @IsBoolean()
  enable_caching?: boolean;

  @ApiPropertyOptional({ description: 'Likeness from which on they do.', minimum: 0, maximum: 1, example: 0.95 })
  @MayBeAbsent()
  @IsNumber()
  @Min(0)
  @Max(1)
  cache_similarity?: number;

  @ApiPropertyOptional({ description: 'Seconds that a result is shared for.', minimum: 0, maximum: 3600, example: 2 })
  @MayBeAbsent()
  @IsNumber()
  @Min(0)
  @Max(3600)
  cache_ttl?: number;

  @ApiPropertyOptional({
    description: 'Frames of one batch under analysis at once.',
    minimum: 1,
    maximum: 10,
    example: 5,
  })
  @MayBeAbsent()
  @IsInt()
  @Min(1)
  @Max(10)
  batch_size?: number;

  @ApiPropertyOptional({
    description:
      'Milliseconds from receipt to answer that 95 of 100 frames should keep. While they do not, less is done for each frame; null = nothing is aimed at.',
    type: Number,
    nullable: true,
    minimum: 10,
    maximum: 10_000,
    example: null,
  })
  @MayBeNull()
  @IsNumber()
  @Min(10)
  @Max(10_000)
  target_p95_ms?: number | null;
}
