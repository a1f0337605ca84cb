import { Inject, Injectable } from '@nestjs/common';

import type { DomainEvents } from '@jiga/contracts';
import { CONFIG, RetentionService, UserDataErasers } from '@jiga/platform';
import type { Credential, JigaConfig } from '@jiga/platform';
import { SessionsService } from '@jiga/sessions';

import { UsageMeter, utcDate } from './usage-meter.js';
import type { UsageAmounts } from './usage.js';
import { USAGE_STORE, type UsageFilter, type UsageGroup, type UsageStore, type UsageSum } from './usage.store.js';

export interface UsageReport {
  readonly sums: readonly UsageSum[];
  /** Keys of the last group when there are more. */
  readonly next: readonly string[] | null;
  /** Over everything that the filter takes, not only this page. */
  readonly total: UsageAmounts;
}

/** What was used, to look at. */
@Injectable()
export class UsageService {
  constructor(
    @Inject(USAGE_STORE) private readonly store: UsageStore,
    @Inject(UsageMeter) private readonly meter: UsageMeter,
    @Inject(SessionsService) private readonly sessions: SessionsService,
    @Inject(UserDataErasers) erasers: UserDataErasers,
    @Inject(RetentionService) retention: RetentionService,
    @Inject(CONFIG) config: JigaConfig,
  ) {
    retention.add({
      name: 'usage sums',
      ttlMs: config.retention.usageMs,
      remove: (before, limit) => store.removeBefore(utcDate(before * 1000), limit),
    });
    erasers.add('usage_sums', async ({ sessionIds }) => {
      await meter.flush();
      return store.removeSessions(sessionIds);
    });
  }

  /** Sums by group, as of now; of the credential's own owner unless it is admin. */
  async report(
    groups: readonly UsageGroup[],
    filter: Omit<UsageFilter, 'owner'>,
    credential: Credential,
    limit: number,
    after?: readonly string[],
  ): Promise<UsageReport> {
    await this.meter.flush();
    const visible: UsageFilter = credential.isAdmin ? filter : { ...filter, owner: credential.owner };
    const found = await this.store.sums(groups, visible, limit + 1, after);
    const sums = found.slice(0, limit);
    const next = found.length > limit ? (sums.at(-1)?.keys ?? null) : null;
    return { sums, next, total: await this.store.total(visible) };
  }

  /** Counts a frame that was analysed on this machine. */
  countFrame({ sessionId, result: { metadata } }: DomainEvents['vision.frame_analysed']): void {
    const record = this.sessions.peek(sessionId)?.record;
    if (!record) return;
    const { owner, credentialId } = record;
    const key = { sessionId, owner, credentialId, provider: metadata.provider, model: 'default' };
    const isHeavy = metadata.stages_ms['heavy'] !== undefined;
    this.meter.record({ ...key, capability: 'vision' }, { frames: 1, analyses: isHeavy ? 1 : 0 });
  }
}
