import { ApiProperty } from '@nestjs/swagger';

import { QUALITY_REASONS, type QualityReason, type QualityState } from '@jiga/contracts';

/** How much is done for each frame. */
export class QualityDto implements QualityState {
  @ApiProperty({ description: '0 = everything; each level above does less for each frame.', example: 0 })
  level!: number;

  @ApiProperty({
    description: 'Milliseconds to an answer that the session aims at; null = none.',
    type: 'number',
    nullable: true,
    example: 250,
  })
  target_p95_ms!: number | null;

  @ApiProperty({
    description: 'What 95 of 100 frames kept when it was last looked at.',
    type: 'number',
    nullable: true,
    example: 41.5,
  })
  p95_ms!: number | null;

  @ApiProperty({ description: 'Changes of the level so far.', example: 0 })
  steps!: number;

  @ApiProperty({ description: 'Unix seconds; null when never.', type: 'number', nullable: true, example: null })
  last_change_at!: number | null;

  @ApiProperty({ description: 'Why it changed.', enum: QUALITY_REASONS, nullable: true, example: null })
  last_reason!: QualityReason | null;
}
