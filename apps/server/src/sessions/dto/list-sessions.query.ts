import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, IsString, Max, MaxLength, Min } from 'class-validator';

import { SessionState, VideoInputSource } from '@jiga/contracts';

import { MayBeAbsent } from '../../http/validation.decorators.js';

export class PageQuery {
  @ApiPropertyOptional({ description: 'Most items in the answer.', minimum: 1, maximum: 200, default: 50, example: 50 })
  @MayBeAbsent()
  @IsInt()
  @Min(1)
  @Max(200)
  limit?: number;

  @ApiPropertyOptional({ description: '`next_cursor` of the page before.', maxLength: 256 })
  @MayBeAbsent()
  @IsString()
  @MaxLength(256)
  cursor?: string;
}

export class ListSessionsQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'Only sessions in this state.', enum: Object.values(SessionState) })
  @MayBeAbsent()
  @IsIn(Object.values(SessionState))
  state?: SessionState;

  @ApiPropertyOptional({ description: 'Only sessions of this player.', maxLength: 128 })
  @MayBeAbsent()
  @IsString()
  @MaxLength(128)
  user_id?: string;

  @ApiPropertyOptional({ description: 'Only sessions with this source.', enum: Object.values(VideoInputSource) })
  @MayBeAbsent()
  @IsIn(Object.values(VideoInputSource))
  video_input_source?: VideoInputSource;

  @ApiPropertyOptional({ description: 'Only sessions of this team.', maxLength: 64 })
  @MayBeAbsent()
  @IsString()
  @MaxLength(64)
  team_id?: string;
}
