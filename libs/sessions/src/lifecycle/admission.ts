import { AppError, newId, SessionState, VideoInputSource } from '@jiga/contracts';
import type { SessionConfiguration } from '@jiga/contracts';
import type { Credential } from '@jiga/platform';

import type { SessionRecord } from '../session-record.js';

/** Throws AppError `forbidden` or `capability_unavailable` for a session that this credential, or this server, cannot have. */
export function refuseInadmissible(configuration: SessionConfiguration, credential: Credential): void {
  refuseForbidden(configuration, credential);
  refuseUnavailable(configuration);
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

function refuseForbidden({ is_admin, permissions }: SessionConfiguration, credential: Credential): void {
  if ((is_admin || permissions === 'admin') && !credential.isAdmin) {
    throw new AppError('forbidden', 'A session with admin permissions needs an admin credential.');
  }
}

/** Better no session than one that would wait for ever for a picture nobody fetches. */
function refuseUnavailable({ video_input_source: source }: SessionConfiguration): void {
  if (source === VideoInputSource.DIRECT_SCREEN) return;
  throw new AppError(
    'capability_unavailable',
    `This server does not ingest ${source} streams. Use video_input_source direct_screen and send the frames yourself.`,
  );
}
