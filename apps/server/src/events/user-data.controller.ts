import { Controller, Delete, HttpCode, Inject, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiProperty, ApiSecurity, ApiTags } from '@nestjs/swagger';

import { AuditTrail, CurrentCredential, RequireScope } from '@jiga/platform';
import type { Credential } from '@jiga/platform';

import { ApiProblems } from '../http/api-problems.decorator.js';
import { UserDataService } from './user-data.service.js';

export class ErasureDto {
  @ApiProperty({ description: 'Whose data is gone.', example: 'player-1' })
  user_id!: string;

  @ApiProperty({
    description: 'How many of each there were.',
    type: 'object',
    additionalProperties: { type: 'integer' },
    example: { sessions: 2, events: 118 },
  })
  deleted!: Record<string, number>;
}

@ApiTags('Timeline')
@ApiSecurity('bearer')
@ApiSecurity('api_key')
@ApiProblems('unauthenticated')
@Controller('api/v1/jiga/users')
export class UserDataController {
  constructor(
    @Inject(UserDataService) private readonly userData: UserDataService,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  @Delete(':user_id/data')
  @HttpCode(200)
  @RequireScope('sessions:configure')
  @ApiParam({ name: 'user_id', description: '`user_id` of the sessions.', example: 'player-1' })
  @ApiOperation({
    operationId: 'deleteUserData',
    summary: 'Delete all that is kept about a player',
    description:
      'Ends the live sessions of the player, then deletes every session with its timeline and all that belongs to it: ' +
      "those of the credential's owner, or of every owner for an admin. Repeated, it deletes nothing more.",
  })
  @ApiOkResponse({ description: 'It is deleted.', type: ErasureDto })
  @ApiProblems('forbidden')
  async erase(@Param('user_id') userId: string, @CurrentCredential() credential: Credential): Promise<ErasureDto> {
    const deleted = await this.userData.erase(userId, credential);
    // Not the name of the player, which is to be forgotten.
    await this.audit.record({ action: 'user_data.deleted', detail: deleted });
    return { user_id: userId, deleted };
  }
}
