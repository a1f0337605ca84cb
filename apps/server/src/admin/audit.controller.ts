import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiSecurity, ApiTags } from '@nestjs/swagger';

import { AUDIT_STORE, AuditTrail, RequireScope } from '@jiga/platform';
import type { AuditEntry, AuditFilter, AuditStore } from '@jiga/platform';

import { ApiProblems } from '../http/api-problems.decorator.js';
import { decodeCursor, encodeCursor } from '../sessions/cursor.js';
import { AuditEntryDto, AuditListDto, ListAuditQuery } from './audit.dto.js';

const DEFAULT_PAGE = 50;

@ApiTags('Administration')
@ApiSecurity('bearer')
@ApiSecurity('api_key')
@ApiProblems('unauthenticated', 'forbidden', 'rate_limited')
@RequireScope('admin')
@Controller('api/v1/jiga/audit')
export class AuditController {
  constructor(
    @Inject(AUDIT_STORE) private readonly store: AuditStore,
    @Inject(AuditTrail) private readonly trail: AuditTrail,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'listAudit',
    summary: 'Read the audit trail',
    description:
      'Who created, changed, closed, issued and revoked what: newest first, page by page. Entries are added and never changed.',
  })
  @ApiOkResponse({ description: 'One page.', type: AuditListDto })
  @ApiProblems('validation_failed')
  async list(@Query() query: ListAuditQuery): Promise<AuditListDto> {
    const { limit = DEFAULT_PAGE, cursor } = query;
    const position = cursor === undefined ? undefined : decodeCursor(cursor);
    // What was answered before this request is in the answer to it.
    await this.trail.flush();
    const after = position && { at: position.createdAt, id: position.id };
    const found = await this.store.list(filterOf(query), limit + 1, after);
    const last = found.length > limit ? found[limit - 1] : undefined;
    return {
      items: found.slice(0, limit).map(present),
      next_cursor: last ? encodeCursor({ createdAt: last.at, id: last.id }) : null,
    };
  }
}

const filterOf = ({ action, actor, target, since, until }: ListAuditQuery): AuditFilter => ({
  ...(action !== undefined && { action }),
  ...(actor !== undefined && { actor }),
  ...(target !== undefined && { target }),
  ...(since !== undefined && { since }),
  ...(until !== undefined && { until }),
});

const present = (entry: AuditEntry): AuditEntryDto => ({
  id: entry.id,
  timestamp: entry.at,
  action: entry.action,
  actor: entry.actor,
  target: entry.target,
  request_id: entry.requestId,
  remote_address: entry.remoteAddress,
  detail: entry.detail,
});
