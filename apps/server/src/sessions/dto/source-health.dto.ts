import { ApiProperty } from '@nestjs/swagger';

import { INGESTED_SOURCES, SOURCE_STATES } from '@jiga/contracts';
import type { SourceFault, SourceHealth, SourceState, SourceVariant, VideoInputSource } from '@jiga/contracts';

const orNull = (description: string, example: number | null): PropertyDecorator =>
  ApiProperty({ description, type: 'number', nullable: true, example });

class SourceVariantDto implements SourceVariant {
  @ApiProperty({ description: 'As the stream calls it.', type: 'string', nullable: true, example: '360p' })
  name!: string | null;

  @orNull('Pixels.', 640) width!: number | null;
  @orNull('Pixels.', 360) height!: number | null;
  @orNull('Frames a second.', 30) fps!: number | null;
  @orNull('Bits a second.', 630_000) bandwidth!: number | null;
}

class SourceFaultDto implements SourceFault {
  @ApiProperty({ description: 'A stable word.', example: 'offline' }) cause!: string;
  @ApiProperty({ description: 'For a reader.', example: 'The channel is offline.' }) message!: string;
  @ApiProperty({ description: 'Unix seconds.', example: 1_767_225_600.25 }) at!: number;
}

/** How an ingested stream is doing. */
export class SourceHealthDto implements SourceHealth {
  @ApiProperty({ description: 'Where the stream comes from.', enum: INGESTED_SOURCES, example: 'twitch' })
  source!: VideoInputSource;

  @ApiProperty({
    description: '`ad_break`: the stream shows advertisements, which are not analysed.',
    enum: SOURCE_STATES,
    example: 'live',
  })
  state!: SourceState;

  @ApiProperty({ description: 'Whether pictures of the game come.', example: true }) live!: boolean;
  @ApiProperty({ description: 'Tries that failed since it was last up.', example: 0 }) attempts!: number;
  @orNull('How far the newest picture is behind the broadcaster, in seconds; null when unknown.', 6.2)
  latency_seconds!: number | null;

  @ApiProperty({ description: 'Frames taken from it.', example: 120 }) frames!: number;
  @orNull('Of the last seconds.', 5) frames_per_second!: number | null;
  @ApiProperty({ description: 'Bytes read from it.', example: 2_400_000 }) bytes!: number;

  @ApiProperty({
    description: 'What was given up on purpose, by reason.',
    type: 'object',
    additionalProperties: { type: 'integer' },
    example: { superseded: 2 },
  })
  dropped!: Readonly<Record<string, number>>;

  @ApiProperty({ description: 'How often nothing new came for too long.', example: 0 }) stalls!: number;
  @ApiProperty({ description: 'Breaks for advertisements.', example: 1 }) ad_breaks!: number;
  @ApiProperty({ description: 'How often it was connected anew.', example: 0 }) reconnects!: number;

  @ApiProperty({ description: 'The rendition that is read.', type: SourceVariantDto, nullable: true })
  variant!: SourceVariantDto | null;

  @ApiProperty({ description: 'The last thing that went wrong.', type: SourceFaultDto, nullable: true })
  last_error!: SourceFaultDto | null;
}
