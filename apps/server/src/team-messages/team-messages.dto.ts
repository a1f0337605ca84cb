import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsString, Matches } from 'class-validator';

import { newId, TEAM_MESSAGE_PRIORITIES, type TeamMessage, type TeamMessagePriority } from '@jiga/contracts';

import { MayBeAbsent } from '../http/validation.decorators.js';
import { EXAMPLE_SESSION_ID } from '../sessions/dto/session.dto.js';

/** No control characters but line breaks; something besides white space. */
const TEXT_FORM = /^(?=[^]*\S)(?:[^\p{Cc}\p{Cs}]|\n){1,500}$/u;

export class SendTeamMessageDto {
  @ApiProperty({ description: 'What to say.', minLength: 1, maxLength: 500, example: 'Two enemies at our flag' })
  @IsString()
  @Matches(TEXT_FORM, { message: 'text must be 1 to 500 characters, none of them a control character' })
  text!: string;

  @ApiPropertyOptional({
    description: 'How much it matters.',
    enum: TEAM_MESSAGE_PRIORITIES,
    default: 'info',
    example: 'important',
  })
  @MayBeAbsent()
  @IsIn(TEAM_MESSAGE_PRIORITIES)
  priority?: TeamMessagePriority;
}

export class TeamMessageDto implements TeamMessage {
  @ApiProperty({ description: 'Of the message.', example: `msg_${'0'.repeat(newId('message').length - 4)}` })
  message_id!: string;

  @ApiProperty({ description: 'To which team.', example: 'blue-squad' }) team_id!: string;
  @ApiProperty({ description: 'From which session.', example: EXAMPLE_SESSION_ID }) from_session_id!: string;
  @ApiProperty({ description: 'From which player.', example: 'player-1' }) from_user_id!: string;
  @ApiProperty({ description: 'What was said.', example: 'Two enemies at our flag' }) text!: string;
  @ApiProperty({ description: 'How much it matters.', enum: TEAM_MESSAGE_PRIORITIES, example: 'important' })
  priority!: TeamMessagePriority;

  @ApiProperty({ description: 'Unix seconds.', example: 1_767_225_600.25 }) created_at!: number;
}

export class SentTeamMessageDto extends TeamMessageDto {
  @ApiProperty({ description: "Live sessions that it reached, the sender's among them.", example: 2 })
  reached!: number;
}

export class TeamMessageListDto {
  @ApiProperty({ description: 'Newest first.', type: [TeamMessageDto], example: [] }) items!: TeamMessageDto[];

  @ApiProperty({ description: 'For the next page; null on the last.', type: 'string', nullable: true, example: null })
  next_cursor!: string | null;
}
