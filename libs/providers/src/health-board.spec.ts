import { beforeEach, describe, expect, it } from '@jest/globals';

import { turn, VirtualClock } from '@jiga/testing';

import { HealthBoard } from './health-board.js';
import { ProviderError } from './provider-error.js';
import type { Provider } from './provider.js';
import { ProviderRegistry } from './provider.registry.js';
import { Breakers } from './routing/breakers.js';

let clock: VirtualClock;
let board: HealthBoard;
let probes: AbortSignal[];
let outcome: () => Promise<void>;
let provider: Provider;

beforeEach(() => {
  clock = new VirtualClock();
  probes = [];
  outcome = () => Promise.resolve();
  provider = {
    id: 'cloud',
    name: 'cloud',
    isRemote: true,
    models: { reply: ['m'] },
    health: () => ({ state: 'ok', detail: null }),
    probe: (signal) => {
      probes.push(signal);
      return outcome();
    },
  };
  const registry = new ProviderRegistry();
  registry.add(provider);
  registry.add({ ...provider, id: 'off', health: () => ({ state: 'off', detail: 'Set a key.' }) });
  board = new HealthBoard(registry, new Breakers(clock), clock);
});

describe('HealthBoard', () => {
  it('probes what is on at the start and then now and then, and asks nobody when it is read', async () => {
    board.start(60_000);
    await turn();
    expect(probes).toHaveLength(1);
    board.read(provider);
    clock.advance(120_000);
    expect(probes).toHaveLength(3);
  });

  it('tells a probe that failed until one works', async () => {
    outcome = () => Promise.reject(new ProviderError('unauthenticated', 'It refuses the key.'));
    board.start(60_000);
    await turn();
    expect(board.read(provider)).toEqual({ state: 'failed', detail: 'It refuses the key.' });
    outcome = () => Promise.resolve();
    clock.advance(60_000);
    await turn();
    expect(board.read(provider)).toEqual({ state: 'ok', detail: null });
  });

  it('gives a probe ten seconds', () => {
    outcome = () => new Promise(() => {});
    board.start(60_000);
    clock.advance(10_000);
    expect(probes[0]?.aborted).toBe(true);
  });

  it('probes nobody when it is not to, and no more when it is closed', async () => {
    board.start(null);
    expect([probes.length, clock.pending]).toEqual([0, 0]);
    board.start(60_000);
    await turn();
    board.close();
    board.close();
    clock.advance(600_000);
    expect(probes).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });
});
