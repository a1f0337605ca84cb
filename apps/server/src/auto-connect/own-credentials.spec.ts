import { beforeEach, describe, expect, it } from '@jest/globals';

import type { LiveSession } from '@jiga/sessions';
import { VirtualClock } from '@jiga/testing';

import { OwnCredentials } from './own-credentials.js';

describe('OwnCredentials', () => {
  let clock: VirtualClock;
  let credentials: OwnCredentials;
  let ending: AbortController;
  let session: LiveSession;

  beforeEach(() => {
    clock = new VirtualClock();
    credentials = new OwnCredentials(clock);
    ending = new AbortController();
    session = { id: 'sess_1', record: { owner: 'ann' }, signal: ending.signal } as unknown as LiveSession;
  });

  it('are good once, for their session alone, and are not admin', async () => {
    const token = credentials.issue(session);
    expect(token).toMatch(/^own\.[\w-]{43}$/);
    expect(await credentials.verify(token)).toMatchObject({
      owner: 'ann',
      isAdmin: false,
      isOwn: true,
      session: { id: 'sess_1', permission: 'configure' },
    });
    expect(await credentials.verify(token)).toBeNull();
  });

  it('are nothing that can be guessed from another', async () => {
    const [a, b] = [credentials.issue(session), credentials.issue(session)];
    expect(a).not.toBe(b);
    expect(await credentials.verify(a.slice(0, -1))).toBeNull();
    expect(await credentials.verify('own.')).toBeNull();
  });

  it('expire, and leave nothing behind', async () => {
    const token = credentials.issue(session);
    clock.advance(14_999);
    expect(credentials.outstanding).toBe(1);
    clock.advance(1);
    expect(credentials.outstanding).toBe(0);
    expect(await credentials.verify(token)).toBeNull();
  });

  it('end with their session', async () => {
    const token = credentials.issue(session);
    ending.abort();
    expect(await credentials.verify(token)).toBeNull();
  });
});
