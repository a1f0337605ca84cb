import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { VirtualClock } from '@jiga/testing';

import type { Credential } from './credential.js';
import { CredentialWatch } from './credential-watch.js';
import { RevocationCheck } from './revocation-check.js';

const credential = (id: string, more: Partial<Credential> = {}): Credential => ({
  id,
  owner: 'studio',
  scopes: new Set(),
  isAdmin: false,
  ...more,
});

describe('RevocationCheck', () => {
  let clock: VirtualClock;
  let watch: CredentialWatch;
  let check: RevocationCheck;
  let asked: string[][];
  let answer: () => Promise<string[]>;
  let ended: string[];

  beforeEach(() => {
    clock = new VirtualClock();
    watch = new CredentialWatch({ subscribe: () => () => {} }, clock);
    asked = [];
    ended = [];
    answer = () => Promise.resolve(['a']);
    const revokedAmong = (ids: readonly string[]): Promise<string[]> => {
      asked.push([...ids]);
      return answer();
    };
    check = new RevocationCheck({
      stores: [{ revokedAmong }, { revokedAmong: () => Promise.resolve([]) }],
      watch,
      clock,
      intervalMs: 5000,
    });
  });
  afterEach(() => check.close());

  const over = (which: Credential): (() => void) => watch.watch(which, () => void ended.push(which.id));

  it('ends what a key opened that was revoked elsewhere, and what its tokens did', async () => {
    for (const which of [credential('a'), credential('b'), credential('t', { issuedBy: 'a' })]) over(which);
    clock.advance(5000);
    await check.look();
    expect(asked.map((ids) => ids.sort())).toEqual([['a', 'b', 't']]);
    expect(ended).toEqual(['a', 't']);
  });

  it('asks nothing while nothing is open', () => {
    over(credential('a'))();
    clock.advance(60_000);
    expect(asked).toEqual([]);
  });

  it('tries again after the database was away', async () => {
    Logger.overrideLogger(false);
    over(credential('a'));
    answer = () => Promise.reject(new Error('away'));
    clock.advance(5000);
    await check.look();
    expect(ended).toEqual([]);
    answer = () => Promise.resolve(['a']);
    clock.advance(5000);
    await check.look();
    expect(ended).toEqual(['a']);
  });

  it('leaves no timer', async () => {
    await check.close();
    await check.close();
    expect(clock.pending).toBe(0);
  });
});
