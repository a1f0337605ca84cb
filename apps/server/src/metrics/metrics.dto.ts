import { ApiProperty } from '@nestjs/swagger';

class SessionTotalsDto {
  @ApiProperty({ description: 'Live now.', example: 3 }) active!: number;

  @ApiProperty({
    description: 'Live now, by state.',
    type: 'object',
    additionalProperties: { type: 'integer' },
    example: { created: 0, connecting: 0, active: 3, reconnecting: 0, closing: 0 },
  })
  by_state!: Record<string, number>;

  @ApiProperty({ description: 'Made.', example: 12 }) created!: number;
  @ApiProperty({ description: 'Ended in good order.', example: 8 }) closed!: number;
  @ApiProperty({ description: 'Ended in the state `error`.', example: 1 }) failed!: number;
}

class FrameTotalsDto {
  @ApiProperty({ description: 'Frames that came.', example: 4200 }) received!: number;
  @ApiProperty({ description: 'Frames with a result.', example: 4100 }) analysed!: number;
  @ApiProperty({ description: 'Frames that could not be analysed.', example: 2 }) failed!: number;
  @ApiProperty({ description: 'Frames given up on purpose.', example: 98 }) dropped!: number;
}

/** Counts since the server started. */
export class ServerMetricsDto {
  @ApiProperty({ description: 'Unix seconds.', example: 1_767_225_600.25 }) timestamp!: number;
  @ApiProperty({ description: 'Seconds since the server started.', example: 3600.5 }) uptime!: number;
  @ApiProperty({ description: 'Sessions.', type: SessionTotalsDto }) sessions!: SessionTotalsDto;
  @ApiProperty({ description: 'Sessions that failed.', example: 1 }) failed_sessions!: number;
  @ApiProperty({ description: 'Analyses and other work done, also in vain.', example: 4102 }) total_operations!: number;
  @ApiProperty({ description: 'How many of them failed.', example: 2 }) failed_operations!: number;

  @ApiProperty({
    description: 'Last of them, Unix seconds; null when never.',
    type: 'number',
    nullable: true,
    example: null,
  })
  last_operation_time!: number | null;

  @ApiProperty({ description: 'Frames.', type: FrameTotalsDto }) frames!: FrameTotalsDto;
  @ApiProperty({ description: 'Heavy stages that ran.', example: 310 }) heavy_analyses!: number;
  @ApiProperty({ description: 'Events seen in games.', example: 57 }) game_events!: number;
  @ApiProperty({ description: 'Callouts made.', example: 21 }) callouts!: number;
  @ApiProperty({ description: 'Messages within teams.', example: 4 }) team_messages!: number;
}
