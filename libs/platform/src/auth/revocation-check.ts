import { Logger } from '@nestjs/common';

import { unixSeconds } from '@jiga/contracts';
import type { CancelTimer, Clock } from '@jiga/contracts';

import type { ApiKeyStore } from './api-key.store.js';
import type { SessionTokenStore } from './session-token.store.js';
import type { CredentialWatch } from './credential-watch.js';

export interface RevocationCheckDeps {
  /** Of keys and of session tokens. */
  readonly stores: readonly Pick<ApiKeyStore | SessionTokenStore, 'revokedAmong'>[];
  readonly watch: CredentialWatch;
  readonly clock: Clock;
  readonly intervalMs: number;
}

/**
 * Looks now and then whether a key or token behind an open socket or stream was revoked by somebody else: another server on this
 * database, or an operator in it. What this server revokes itself ends at once, without it. Two small queries a period,
 * none while nothing is open.
 */
export class RevocationCheck {
  readonly #log = new Logger(RevocationCheck.name);
  readonly #stop: CancelTimer;
  #looking: Promise<void> | null = null;

  constructor(private readonly deps: RevocationCheckDeps) {
    this.#stop = deps.clock.every(deps.intervalMs, () => void this.look());
  }

  /** Looks now; called meanwhile, it joins the look under way. Never rejects: what fails is tried at the next period. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => (this.#looking = null));
    return this.#looking;
  }

  /** May be called twice. */
  async close(): Promise<void> {
    this.#stop();
    await this.#looking;
  }

  async #look(): Promise<void> {
    const { stores, watch, clock } = this.deps;
    const ids = watch.credentialIds();
    if (ids.length === 0) return;
    try {
      const revoked = await Promise.all(stores.map((store) => store.revokedAmong(ids)));
      for (const id of revoked.flat()) watch.revoke(id, unixSeconds(clock));
    } catch (error) {
      this.#log.warn('Could not look for revoked credentials', { err: error });
    }
  }
}
