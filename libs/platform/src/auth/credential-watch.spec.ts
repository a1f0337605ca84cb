import { beforeEach, describe, expect, it } from '@jest/globals';

import type { AppError, DomainEvents } from '@jiga/contracts';
import { VirtualClock } from '@jiga/testing';

import type { EventBus } from '../event-bus/event-bus.js';
import type { Credential } from './credential.js';
import { CredentialWatch } from './credential-watch.js';

const credential = (id: string, more: Partial<Credential> = {}): Credential => ({
  id,
  owner: 'studio',
  scopes: new Set(),
  isAdmin: false,
  ...more,
});

type Revoked = DomainEvents['auth.credential_revoked'];

/** The one fact that is listened for. */
class RevocationBus implements Pick<EventBus, 'subscribe'> {
  readonly #handlers = new Set<(fact: Revoked) => void>();

  subscribe(_name: string, handler: (fact: never) => void | Promise<void>): () => void {
    const heard = handler as (fact: Revoked) => void;
    this.#handlers.add(heard);
    return () => void this.#handlers.delete(heard);
  }
  publish(fact: Revoked): void {
    for (const handler of this.#handlers) handler(fact);
  }
}

describe('CredentialWatch', () => {
  let clock: VirtualClock;
  let bus: RevocationBus;
  let watch: CredentialWatch;
  let ended: string[];
  beforeEach(() => {
    clock = new VirtualClock();
    bus = new RevocationBus();
    watch = new CredentialWatch(bus, clock);
    ended = [];
  });

  const over = (which: Credential, name = which.id): (() => void) =>
    watch.watch(which, (error: AppError) => void ended.push(`${name}: ${error.message}`));
  const revoke = (credentialId: string): void =>
    bus.publish({ credentialId, at: clock.nowMs() / 1000, reason: 'api_key_revoked' });

  it('ends what the revoked credential opened, and what it issued, once', () => {
    for (const which of [credential('a'), credential('b'), credential('t', { issuedBy: 'a' })]) over(which);
    revoke('a');
    revoke('a');
    expect(ended).toEqual(['a: The credential was revoked.', 't: The credential was revoked.']);
    expect(watch.size).toBe(1);
  });

  it('ends at once what was being let in while the credential was revoked', () => {
    revoke('a');
    over(credential('a'));
    expect(ended).toHaveLength(1);
    expect(watch.size).toBe(0);
  });

  it('ends what outlives the time of its credential, however far that is', () => {
    const day = 86_400;
    over(credential('soon', { expiresAt: clock.nowMs() / 1000 + 10 }));
    over(credential('late', { expiresAt: clock.nowMs() / 1000 + 60 * day }));
    clock.advance(10_000);
    expect(ended).toEqual(['soon: The credential has expired.']);
    clock.advance(59 * day * 1000);
    expect(ended).toHaveLength(1);
    clock.advance(day * 1000);
    expect(ended).toHaveLength(2);
  });

  it('leaves alone what has ended by itself, and holds no timer for it', () => {
    const stop = over(credential('a', { expiresAt: clock.nowMs() / 1000 + 10 }));
    stop();
    stop();
    expect([watch.size, clock.pending]).toEqual([0, 0]);
    revoke('a');
    expect(ended).toEqual([]);
  });
});
