import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiSecurity, ApiTags } from '@nestjs/swagger';

import { AppError } from '@jiga/contracts';
import { CurrentCredential, RequireScope } from '@jiga/platform';
import type { Credential } from '@jiga/platform';
import { UsageService, type UsageAmounts, type UsageFilter, type UsageGroup } from '@jiga/usage';

import { ApiProblems } from '../http/api-problems.decorator.js';
import { UsageListDto, UsageQuery, type UsageAmountsDto, type UsageSumDto } from './usage.dto.js';

const DEFAULT_PAGE = 50;

@ApiTags('Usage')
@ApiSecurity('bearer')
@ApiSecurity('api_key')
@ApiProblems('unauthenticated', 'forbidden', 'rate_limited')
@RequireScope('sessions:read')
@Controller('api/v1/jiga/usage')
export class UsageController {
  constructor(@Inject(UsageService) private readonly usage: UsageService) {}

  @Get()
  @ApiOperation({
    operationId: 'getUsage',
    summary: 'Read what was used and what it cost',
    description: 'Up to this moment, by day, session, credential, provider, model or capability; of all your sessions.',
  })
  @ApiOkResponse({ description: 'The sums.', type: UsageListDto })
  @ApiProblems('validation_failed')
  async read(@Query() query: UsageQuery, @CurrentCredential() credential: Credential): Promise<UsageListDto> {
    const groups = [...new Set((query.group_by ?? 'day').split(','))] as UsageGroup[];
    const after = query.cursor === undefined ? undefined : decodeKeys(query.cursor, groups.length);
    const report = await this.usage.report(groups, filterOf(query), credential, query.limit ?? DEFAULT_PAGE, after);
    return {
      items: report.sums.map(({ keys, amounts }) => presentSum(groups, keys, amounts)),
      total: presentAmounts(report.total),
      next_cursor: report.next && encodeKeys(report.next),
    };
  }
}

const filterOf = ({ from, to, session_id: sessionId }: UsageQuery): UsageFilter => ({
  ...(from !== undefined && { from }),
  ...(to !== undefined && { to }),
  ...(sessionId !== undefined && { sessionId }),
});

function presentSum(groups: readonly UsageGroup[], keys: readonly string[], amounts: UsageAmounts): UsageSumDto {
  const keyOf = (group: UsageGroup): string | null => keys[groups.indexOf(group)] ?? null;
  return Object.assign(presentAmounts(amounts), {
    day: keyOf('day'),
    session_id: keyOf('session'),
    credential_id: keyOf('credential'),
    provider: keyOf('provider'),
    model: keyOf('model'),
    capability: keyOf('capability'),
  });
}

const presentAmounts = (amounts: UsageAmounts): UsageAmountsDto => ({
  frames: amounts.frames,
  analyses: amounts.analyses,
  audio_seconds: amounts.audioSeconds,
  tokens: { input: amounts.inputTokens, output: amounts.outputTokens },
  calls: amounts.calls,
  cost_usd: amounts.costUsd,
  unpriced_calls: amounts.unpricedCalls,
});

const encodeKeys = (keys: readonly string[]): string => Buffer.from(JSON.stringify(keys)).toString('base64url');

/** Throws AppError `validation_failed` for a cursor that we did not make for these groups. */
function decodeKeys(cursor: string, count: number): string[] {
  try {
    const keys: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(keys) && keys.length === count && keys.every((key) => typeof key === 'string')) return keys;
  } catch {
    // Not ours: refused below.
  }
  const detail = 'cursor must be the next_cursor of an earlier answer to the same query';
  throw new AppError('validation_failed', 'cursor is not one of ours.', {
    fields: [{ pointer: '/cursor', code: 'bad_format', detail }],
  });
}
