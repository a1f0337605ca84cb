import { AppError, newId, SessionState } from '@jiga/contracts';
import type { SessionConfiguration } from '@jiga/contracts';
import type { Credential } from '@jiga/platform';

import type { SessionRecord } from '../session-record.js';

/** Throws AppError `forbidden` for a session that this credential cannot have. */
export function refuseForbidden({ is_admin, permissions }: SessionConfiguration, credential: Credential): void {
  if ((is_admin || permissions === 'admin') && !credential.isAdmin) {
    throw new AppError('forbidden', 'A session with admin permissions needs an admin credential.');
  }
}

/** A session at its very beginning; `at` is Unix seconds. */
export function newRecord(
  configuration: SessionConfiguration,
  { id: credentialId, owner }: Credential,
  at: number,
  recreatedFrom: string | null,
): SessionRecord {
  return {
    id: newId('session'),
    owner,
    credentialId,
    configuration,
    state: SessionState.CREATED,
    reason: 'created',
    createdAt: at,
    updatedAt: at,
    endedAt: null,
    failure: null,
    metrics: null,
    recreatedFrom,
  };
}
