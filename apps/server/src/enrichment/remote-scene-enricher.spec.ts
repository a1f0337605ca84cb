import { beforeEach, describe, expect, it } from '@jest/globals';

import { HIGH_SPEED_PRESETS } from '@jiga/contracts';
import type { DomainEvents, HighSpeedConfig, ModelChoice, SceneFrame } from '@jiga/contracts';
import { ProviderRegistry } from '@jiga/providers';
import type { RoutedCall, Served, VisionAnswer, VisionRequest } from '@jiga/providers';
import { deferred, FakePorts, makePicture, turn, until, VirtualClock } from '@jiga/testing';
import type { Deferred } from '@jiga/testing';

import { RemoteSceneEnricher } from './remote-scene-enricher.js';
import type { EnrichmentSettings } from './session-enrichment.js';

interface Asked {
  readonly call: RoutedCall;
  readonly request: VisionRequest;
  readonly answer: Deferred<Served<VisionAnswer> | null>;
}

const HIGH_SPEED: HighSpeedConfig = { ...HIGH_SPEED_PRESETS.balanced, target_p95_ms: 100 };
/** An analysis each 3 s, so a question each 30 s at most. */
const NORMAL: EnrichmentSettings = {
  analysis_interval: 3,
  high_speed_vision: false,
  high_speed_config: HIGH_SPEED,
  model_provider: null,
};
const LOCAL = 'local:default';
const FACT = { sessionId: 'sess_1', at: 0, limit: 1, spent: 0.8 };
const SCENE_A = '0000000000000000';
const SCENE_B = 'ffffffffffffffff';
const picture = await makePicture({ width: 1600, height: 900 });

let clock: VirtualClock;
let asked: Asked[];
let configuration: EnrichmentSettings;
let end: AbortController;
let budget: Map<string, (fact: DomainEvents['budget.warning']) => void>;
let enricher: RemoteSceneEnricher;

/** This machine, and a service that can look. */
function registryWith(id: string): ProviderRegistry {
  const registry = new ProviderRegistry();
  const base = { models: { vision: ['default', 'eye'] }, health: () => ({ state: 'ok', detail: null }) as const };
  registry.add({ ...base, id: 'local', name: 'here', isRemote: false });
  registry.add({ ...base, id, name: id, isRemote: true, ports: { vision: new FakePorts() } });
  return registry;
}

const choose = (...vision: ModelChoice[]): void => {
  configuration = { ...configuration, model_provider: { vision } };
};

beforeEach(() => {
  clock = new VirtualClock();
  asked = [];
  end = new AbortController();
  budget = new Map();
  configuration = NORMAL;
  enricher = new RemoteSceneEnricher({
    clock,
    every: 10,
    registry: registryWith('cloud'),
    router: {
      vision: (call, request) => {
        const answer = deferred<Served<VisionAnswer> | null>();
        asked.push({ call, request, answer });
        return answer.promise;
      },
    },
    sessionOf: (id) => (id === 'sess_1' ? { id, configuration, signal: end.signal } : null),
  });
  enricher.watch({ subscribe: (name, handler) => (budget.set(name, handler as never), () => {}) });
  choose('cloud:eye', LOCAL);
});

const frameOf = (hash: string, sessionId = 'sess_1'): SceneFrame => ({
  sessionId,
  bytes: picture,
  hash,
  known: {
    game: { id: 'openarena', name: 'OpenArena', confidence: 0.9, phase: 'playing' },
    hud: { health: { value: 85, text: '85', confidence: 0.9, box: null, age_ms: 0 }, armor: null },
  },
});
const offer = async (hash = SCENE_A): Promise<void> => {
  const before = asked.length;
  enricher.offer(frameOf(hash));
  // The picture is encoded outside of this thread.
  await until(() => asked.length > before, 'the question');
};
const answer = async (description: string): Promise<void> => {
  const findings = {
    game: { name: 'OpenArena', confidence: 0.8 },
    scene: { description, confidence: 0.7 },
    detections: [
      { label: 'enemy', category: 'player' as const, confidence: 0.6, box: [0, 0, 0.5, 0.5] as const },
      { label: 'somewhere', category: 'object' as const, confidence: 0.6, box: null },
    ],
    texts: [{ text: 'FIGHT', confidence: 0.9, box: [0.1, 0.1, 0.2, 0.1] as const }],
  };
  const usage = { inputTokens: 1, outputTokens: 1 };
  asked.at(-1)?.answer.resolve({ answer: { findings, usage }, provider: 'cloud', model: 'eye' });
  await turn();
};
const told = (hash = SCENE_A, sceneCut = false) => enricher.findingsFor('sess_1', hash, sceneCut);

describe('RemoteSceneEnricher', () => {
  it('tells what a model said of the newest frame, whose it is and how old', async () => {
    await offer();
    expect(told()).toBeNull();
    clock.advance(400);
    await answer('A corridor.');
    clock.advance(100);
    expect(told()).toEqual({
      provider: 'cloud:eye',
      description: 'A corridor.',
      confidence: 0.7,
      game: { name: 'OpenArena', confidence: 0.8 },
      detections: [
        { label: 'enemy', category: 'player', confidence: 0.6, box: [0, 0, 0.5, 0.5], text: null },
        { label: 'text', category: 'hud_text', confidence: 0.9, box: [0.1, 0.1, 0.2, 0.1], text: 'FIGHT' },
      ],
      ageMs: 500,
    });
  });

  it('shows a smaller picture and what is known, as the session is set', async () => {
    await offer();
    expect(asked[0]).toMatchObject({
      call: { sessionId: 'sess_1', selection: { vision: ['cloud:eye', LOCAL] } },
      request: { width: 640, height: 360, context: 'game: OpenArena, playing\nhealth: 85' },
    });
    await answer('x');
    clock.advance(30_000);
    configuration = {
      ...configuration,
      high_speed_vision: true,
      high_speed_config: { ...HIGH_SPEED, compression_level: 'medium', jpeg_quality: 5 },
    };
    await offer(SCENE_B);
    expect(asked[1]?.request).toMatchObject({ width: 960, height: 540 });
    expect(asked[1]?.request.picture.length).toBeLessThan(asked[0]?.request.picture.length ?? 0);
  });

  it('asks one question at a time, at most one in ten analysis intervals', async () => {
    await offer();
    clock.advance(60_000);
    enricher.offer(frameOf(SCENE_B));
    await answer('late');
    await offer(SCENE_B);
    await answer('in time');
    clock.advance(29_000);
    enricher.offer(frameOf(SCENE_A));
    await turn();
    expect(asked).toHaveLength(2);
    clock.advance(1_000);
    await offer(SCENE_A);
  });

  it('waits as long after a failure, and says nothing then', async () => {
    await offer();
    asked[0]?.answer.reject(new Error('no'));
    await turn();
    expect(told()).toBeNull();
    clock.advance(29_000);
    enricher.offer(frameOf(SCENE_A));
    clock.advance(1_000);
    await offer();
  });

  it('says nothing of a scene that is over, but keeps it for when it comes back', async () => {
    await offer();
    expect(told(SCENE_B, true)).toBeNull();
    await answer('A corridor.');
    expect(told(SCENE_B)).toBeNull();
    clock.advance(1_000);
    expect(told(SCENE_A, true)).toMatchObject({ description: 'A corridor.', ageMs: 1_000 });
    expect(told(SCENE_B, true)).toBeNull();
    clock.advance(5_000);
    expect(told(SCENE_A, true)).toBeNull();
  });

  it('stops telling what is old', async () => {
    await offer();
    await answer('A corridor.');
    clock.advance(60_000);
    expect(told()).not.toBeNull();
    clock.advance(1);
    expect(told()).toBeNull();
  });

  it.each([
    ['the session chose this machine', () => choose(LOCAL)],
    ['the session puts this machine first', () => choose(LOCAL, 'cloud:eye')],
    ['the session chose nothing', () => void (configuration = { ...configuration, model_provider: null })],
    ['the budget runs out', () => budget.get('budget.warning')?.({ ...FACT, dimension: 'usd' })],
    ['the session ends', () => end.abort()],
  ])('shows nobody anything when %s', async (_when, make) => {
    await offer();
    await answer('A corridor.');
    make();
    expect(told()).toBeNull();
    clock.advance(60_000);
    enricher.offer(frameOf(SCENE_B));
    await turn();
    expect(asked).toHaveLength(1);
  });

  it('goes on when only time runs out, and takes a changed chain with the next question', async () => {
    budget.get('budget.warning')?.({ ...FACT, dimension: 'seconds' });
    choose({ model: 'cloud:eye', options: { temperature: 0 } });
    await offer();
    expect(asked[0]?.call.selection).toEqual({ vision: [{ model: 'cloud:eye', options: { temperature: 0 } }] });
  });

  it('breaks off what is under way for a session that has ended', async () => {
    await offer();
    enricher.forget('sess_1');
    enricher.forget('sess_1');
    expect(asked[0]?.call.signal.aborted).toBe(true);
    expect(told()).toBeNull();
  });
});
