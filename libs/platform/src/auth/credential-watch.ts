import { AppError, unixSeconds } from '@jiga/contracts';
import type { Clock } from '@jiga/contracts';

import type { EventBus } from '../event-bus/event-bus.js';
import type { Credential } from './credential.js';

interface Watch {
  readonly credential: Credential;
  readonly end: (error: AppError) => void;
}

/** Covers the time in which a check that began before a revocation may still end after it. */
const REMEMBER_REVOKED_S = 60;
const REMEMBERED_MAX = 1_000;
/** Longest wait that a timer takes (2^31 - 1 ms) is 24.8 days; the rest is waited for anew. */
const LONGEST_TIMER_MS = 2_000_000_000;

/** Tells whatever outlives a request (sockets, event streams) that its credential has ended, revoked or expired. */
export class CredentialWatch {
  readonly #watches = new Set<Watch>();
  readonly #revoked = new Map<string, number>();
  readonly #unsubscribe: () => void;

  constructor(
    bus: Pick<EventBus, 'subscribe'>,
    private readonly clock: Clock,
  ) {
    this.#unsubscribe = bus.subscribe('auth.credential_revoked', ({ credentialId, at }) =>
      this.revoke(credentialId, at),
    );
  }

  /** Things that are watched over. */
  get size(): number {
    return this.#watches.size;
  }

  /** Ids of the credentials that something hangs on, and of those that issued them. */
  credentialIds(): string[] {
    const ids = new Set<string>();
    for (const { credential } of this.#watches) {
      ids.add(credential.id);
      if (credential.issuedBy !== undefined) ids.add(credential.issuedBy);
    }
    return [...ids];
  }

  /** The credential was revoked: ends all that hangs on it. `at` is Unix seconds. */
  revoke(credentialId: string, at: number): void {
    this.#remember(credentialId, at);
    for (const watch of this.#watches) if (names(watch.credential, credentialId)) this.#end(watch, REVOKED);
  }

  /**
   * Calls `end` once when the credential ends, at once if it has; its error is `unauthenticated`. Returns what stops the
   * watch, to be called when the thing has ended by itself; more calls do nothing.
   */
  watch(credential: Credential, end: (error: AppError) => void): () => void {
    const watch: Watch = { credential, end };
    if ([...this.#revoked.keys()].some((id) => names(credential, id))) {
      end(REVOKED());
      return () => {};
    }
    this.#watches.add(watch);
    const stopTimer = this.#endOnExpiry(watch);
    return () => {
      this.#watches.delete(watch);
      stopTimer();
    };
  }

  /** May be called twice. */
  close(): void {
    this.#unsubscribe();
    this.#watches.clear();
  }

  #endOnExpiry(watch: Watch): () => void {
    const { expiresAt } = watch.credential;
    if (expiresAt === undefined) return () => {};
    let cancel = (): void => {};
    const wait = (): void => {
      const leftMs = expiresAt * 1000 - this.clock.nowMs();
      if (leftMs <= 0) this.#end(watch, EXPIRED);
      else cancel = this.clock.after(Math.min(leftMs, LONGEST_TIMER_MS), wait);
    };
    wait();
    return () => cancel();
  }

  #end(watch: Watch, error: () => AppError): void {
    if (this.#watches.delete(watch)) watch.end(error());
  }

  #remember(credentialId: string, at: number): void {
    const now = unixSeconds(this.clock);
    for (const [id, revokedAt] of this.#revoked) {
      if (now - revokedAt > REMEMBER_REVOKED_S || this.#revoked.size >= REMEMBERED_MAX) this.#revoked.delete(id);
    }
    this.#revoked.set(credentialId, at);
  }
}

const names = (credential: Credential, id: string): boolean => credential.id === id || credential.issuedBy === id;

const REVOKED = (): AppError => new AppError('unauthenticated', 'The credential was revoked.');
const EXPIRED = (): AppError => new AppError('unauthenticated', 'The credential has expired.');
