import { Logger } from '@nestjs/common';
import { beforeEach, describe, expect, it } from '@jest/globals';

import { AppError } from '@jiga/contracts';
import type { DomainEvents, SessionRequest } from '@jiga/contracts';
import { loadConfig, SCOPES, type Credential, type EventBus } from '@jiga/platform';
import { deferred, FakeAnalyzer, VirtualClock } from '@jiga/testing';

import type { LiveSession } from './live-session.js';
import { SessionsService } from './sessions.service.js';
import type { SourceControl } from './sources/source-starter.port.js';
import { SourceStarters } from './sources/source-starters.js';
import { MemorySessionStore } from './testing/memory-session.store.js';

const ANN: Credential = { id: 'key-ann', owner: 'ann', scopes: new Set(SCOPES), isAdmin: false };

const TWITCH: Partial<SessionRequest> = {
  video_input_source: 'twitch',
  video_source_config: { channel_name: 'some_channel' },
};

describe('SessionsService', () => {
  let clock: VirtualClock;
  let analyzer: FakeAnalyzer;
  let store: MemorySessionStore;
  let facts: DomainEvents['session.state_changed'][];
  let starters: SourceStarters;
  let sessions: SessionsService;

  beforeEach(() => {
    Logger.overrideLogger(false);
    clock = new VirtualClock();
    analyzer = new FakeAnalyzer();
    store = new MemorySessionStore();
    starters = new SourceStarters();
    facts = [];
    const publish: EventBus['publish'] = (_name, fact) =>
      void facts.push(fact as DomainEvents['session.state_changed']);
    const config = loadConfig({ JIGA_SESSIONS_PER_CREDENTIAL_MAX: '2', JIGA_SOCKETS_PER_SESSION_MAX: '1' });
    sessions = new SessionsService(store, { publish } as EventBus, clock, config, analyzer, starters);
  });

  const create = async (request: Partial<SessionRequest> = {}): Promise<string> =>
    (await sessions.create({ user_id: 'player', ...request }, ANN)).id;

  it('publishes a session only once it is kept', async () => {
    const gate = deferred<void>();
    store.beforeWrite = () => gate.promise;
    const creating = create();
    await Promise.resolve();
    expect([facts, sessions.liveCount]).toEqual([[], 0]);
    gate.resolve();
    await creating;
    expect(facts.map(({ from, to }) => [from, to])).toEqual([
      [null, 'created'],
      ['created', 'active'],
    ]);
  });

  it('ends a session that somebody finds in the store and closes before it lives', async () => {
    const insert = store.insert.bind(store);
    const closing: Promise<unknown>[] = [];
    store.insert = async (record, transitions) => {
      await insert(record, transitions);
      closing.push(sessions.close(record.id, ANN));
      for (let i = 0; i < 20; i++) await Promise.resolve();
    };
    const id = await create();
    expect(await Promise.all(closing)).toMatchObject([{ state: 'closed', reason: 'closed_by_client' }]);
    expect([sessions.liveCount, analyzer.of(id).closedTimes, clock.pending]).toEqual([0, 1, 0]);
  });

  it('leaves nothing behind when a session cannot be kept', async () => {
    store.beforeWrite = () => Promise.reject(new Error('disk full'));
    for (let i = 0; i < 5; i++) await expect(create()).rejects.toThrow('disk full');
    expect([facts, sessions.liveCount]).toEqual([[], 0]);
    expect(analyzer.sessions.map(({ closedTimes }) => closedTimes)).toEqual([1, 1, 1, 1, 1]);
  });

  it('frees the slot on every way out', async () => {
    const first = await create();
    const second = await create();
    await expect(create()).rejects.toThrow(AppError);
    await sessions.close(first, ANN);
    await sessions.fail(second, 'source_unreachable', 'The channel is offline.');
    await create();
    await create();
    await expect(create()).rejects.toThrow(/limit/);
  });

  it('ends what hangs on a session before it says closed, whatever fails there', async () => {
    const id = await create();
    const live = await sessions.open(id, ANN);
    const order: string[] = [];
    live.attachSocket({ end: ({ reason }) => void order.push(`socket ${reason}`) });
    live.attach({ end: () => Promise.reject(new Error('stuck')) });
    const detach = live.attach({ end: () => void order.push('never') });
    detach();
    const record = await sessions.close(id, ANN);
    expect([record.state, order]).toEqual(['closed', ['socket closed_by_client']]);
    expect(live.signal.aborted).toBe(true);
    expect(() => live.attach({ end: () => {} })).toThrow(AppError);
    expect(analyzer.of(id).closedTimes).toBe(1);
    await expect(sessions.open(id, ANN)).rejects.toMatchObject({ code: 'session_closed' });
  });

  it('counts the sockets of a session', async () => {
    const live = await sessions.open(await create(), ANN);
    const detach = live.attachSocket({ end: () => {} });
    expect(() => live.attachSocket({ end: () => {} })).toThrow(expect.objectContaining({ code: 'socket_limit' }));
    detach();
    detach();
    live.attachSocket({ end: () => {} });
    expect(live.metrics.snapshot().sockets).toEqual({ open: 1, total: 2 });
  });

  it('keeps why a session failed, and its last figures', async () => {
    const id = await create();
    await sessions.fail(id, 'source_unreachable', 'The channel is offline.', 3);
    const record = await sessions.get(id, ANN);
    expect(record).toMatchObject({
      state: 'error',
      reason: 'source_unreachable',
      failure: { message: 'The channel is offline.', attempts: 3 },
      metrics: { failed_operations: 1, session_failed_at: clock.nowMs() / 1000 },
    });
    expect(await sessions.close(id, ANN)).toEqual(record);
    expect(facts.at(-1)).toMatchObject({ from: 'active', to: 'error' });
  });

  it('follows a source that comes and goes, and leaves a session alone that has ended', async () => {
    const id = await create();
    await sessions.advance(id, 'active', 'again');
    await sessions.advance(id, 'reconnecting', 'source_lost');
    await sessions.advance(id, 'active', 'source_back');
    await sessions.close(id, ANN);
    await sessions.advance(id, 'reconnecting', 'source_lost');
    const told = ['created', 'endpoints_ready', 'source_lost', 'source_back', 'closed_by_client', 'closed_by_client'];
    expect(facts.map(({ reason }) => reason)).toEqual(told);
    expect((await sessions.transitions(id, ANN)).map(({ reason }) => reason)).toEqual(told);
  });

  it('keeps the figures of live sessions as they change, and gives them when the process died', async () => {
    sessions.startKeepingFigures();
    const id = await create();
    const live = await sessions.open(id, ANN);
    live.metrics.frameReceived(10);
    const cost = { input_tokens: 100, output_tokens: 20, audio_seconds: 0, cost_usd: 0.01, unpriced_calls: 0 };
    live.metrics.providerCalled('openai', 'mini', { calls: 1, ...cost });
    live.metrics.providerCalled('openai', 'mini', { calls: 1, ...cost });
    clock.advance(5_000);
    await Promise.resolve();
    const kept = await store.find(id);
    expect(kept?.metrics).toMatchObject({
      frames: { received: 1 },
      providers: { calls: 2, cost_usd: 0.02, by_model: { 'openai:mini': { input_tokens: 200 } } },
    });
    store.beforeWrite = () => Promise.reject(new Error('nothing to write'));
    clock.advance(60_000);
    await Promise.resolve();
    store.beforeWrite = () => Promise.resolve();
    const bus = { publish: () => {} } as unknown as EventBus;
    const next = new SessionsService(store, bus, clock, loadConfig({}), analyzer, starters);
    expect(kept && next.metricsOf(kept)).toMatchObject({ frames: { received: 1 }, providers: { output_tokens: 40 } });
    await sessions.stop();
    expect(clock.pending).toBe(0);
  });

  it('ends a session whose seconds are spent', async () => {
    const id = await create({ budget: { seconds: 60 } });
    clock.advance(59_000);
    expect((await sessions.get(id, ANN)).state).toBe('active');
    clock.advance(1_000);
    await sessions.close(id, ANN);
    expect(await sessions.get(id, ANN)).toMatchObject({ state: 'closed', reason: 'budget_spent' });
    expect(clock.pending).toBe(0);
  });

  it('gives the timer back when a session with a budget ends before', async () => {
    const id = await create({ budget: { seconds: 60 } });
    await sessions.close(id, ANN);
    expect(clock.pending).toBe(0);
  });

  it.each([
    ['a frame', (live: LiveSession) => live.metrics.frameReceived(1)],
    ['a socket', (live: LiveSession) => live.attachSocket({ end: () => {} })],
    ['a changed setting', (live: LiveSession) => live.reconfigure({ skills: [] })],
    ['sound', (live: LiveSession) => live.touch()],
  ])('ends a session that was left alone, counted from %s', async (_name, act) => {
    const id = await create({ idle_timeout_seconds: 60 });
    clock.advance(50_000);
    act(await sessions.open(id, ANN));
    clock.advance(59_999);
    expect((await sessions.get(id, ANN)).state).toBe('active');
    clock.advance(1);
    await sessions.close(id, ANN);
    expect(await sessions.get(id, ANN)).toMatchObject({ state: 'closed', reason: 'idle_timeout' });
    expect(clock.pending).toBe(0);
  });

  it('ends a session at its age, however busy it is', async () => {
    const id = await create({ idle_timeout_seconds: 60, max_duration_seconds: 100 });
    clock.advance(50_000);
    (await sessions.open(id, ANN)).touch();
    clock.advance(50_000);
    await sessions.close(id, ANN);
    expect(await sessions.get(id, ANN)).toMatchObject({ state: 'closed', reason: 'max_duration' });
    expect(clock.pending).toBe(0);
  });

  it('has the times of the server for sessions that do not say', async () => {
    const { configuration } = await sessions.get(await create(), ANN);
    expect(configuration).toMatchObject({ idle_timeout_seconds: 1800, max_duration_seconds: null });
  });

  it('ends all that lives when it stops, also what is being made, and makes no more', async () => {
    const id = await create();
    const gate = deferred<void>();
    store.beforeWrite = () => gate.promise;
    const making = create();
    const stopping = sessions.stop();
    gate.resolve();
    await stopping;
    const late = await making;
    for (const each of [id, late]) {
      expect(await sessions.get(each, ANN)).toMatchObject({ state: 'closed', reason: 'server_restarted' });
    }
    await expect(create()).rejects.toMatchObject({ code: 'draining' });
    expect(sessions.liveCount).toBe(0);
  });

  describe('with a source of its own', () => {
    let control: SourceControl;
    let obstacle: string | null;
    const statesOf = async (id: string) => (await sessions.transitions(id, ANN)).map(({ to, reason }) => [to, reason]);

    beforeEach(() => {
      obstacle = null;
      starters.add({ source: 'twitch', obstacle: () => obstacle, start: (given) => void (control = given) });
    });

    it('answers at once, and follows its source between the living states', async () => {
      const record = await sessions.create({ user_id: 'player', ...TWITCH }, ANN);
      expect(record.state).toBe('connecting');
      expect(control.session.id).toBe(record.id);
      control.moveTo('active', 'source_connected');
      control.moveTo('active', 'again');
      control.moveTo('reconnecting', 'source_stale');
      control.moveTo('active', 'source_resumed');
      expect((await sessions.get(record.id, ANN)).state).toBe('active');
      await sessions.close(record.id, ANN);
      expect(await statesOf(record.id)).toEqual([
        ['created', 'created'],
        ['connecting', 'source_connecting'],
        ['active', 'source_connected'],
        ['reconnecting', 'source_stale'],
        ['active', 'source_resumed'],
        ['closing', 'closed_by_client'],
        ['closed', 'closed_by_client'],
      ]);
    });

    it('fails with all that the failure of a Twitch channel leaves behind', async () => {
      const id = await create(TWITCH);
      const released: string[] = [];
      control.session.attach({ end: ({ reason }) => void released.push(reason) });
      control.fail({ cause: 'offline', message: 'The channel is offline.', attempts: 3 });
      await sessions.close(id, ANN);
      expect(released).toEqual(['source_offline']);
      const at = clock.nowMs() / 1000;
      expect(await sessions.get(id, ANN)).toMatchObject({
        state: 'error',
        failure: { reason: 'source_offline', message: 'The channel is offline.', attempts: 3, failedAt: at },
        metrics: {
          failed_operations: 1,
          last_operation_time: at,
          twitch_connection_failed: true,
          twitch_error_message: 'The channel is offline.',
          session_failed_at: at,
        },
      });
      expect(facts.at(-1)).toMatchObject({ to: 'error', failure: { attempts: 3 } });
      const again = await sessions.recreate(id, ANN);
      expect(again).toMatchObject({ state: 'connecting', recreatedFrom: id });
    });

    it('fails, and leaves nothing behind, when its source cannot even be started', async () => {
      const start = (): never => {
        throw new Error('a bug');
      };
      starters.add({ source: 'twitch', obstacle: () => null, start });
      const id = await create(TWITCH);
      await sessions.close(id, ANN);
      expect(await sessions.get(id, ANN)).toMatchObject({ state: 'error', reason: 'source_internal' });
      await create();
      await create();
    });

    it('takes nothing from a source whose session has ended', async () => {
      const id = await create(TWITCH);
      const ended = await sessions.close(id, ANN);
      const { length } = facts;
      control.moveTo('active', 'too_late');
      control.tell('connected', {});
      control.fail({ cause: 'offline', message: 'Too late.', attempts: 1 });
      control.finish('too_late');
      expect(await sessions.get(id, ANN)).toEqual(ended);
      expect(facts).toHaveLength(length);
    });

    it('is not made while the operator has something to do first, and takes no slot', async () => {
      obstacle = 'Install ffmpeg.';
      for (let i = 0; i < 5; i++) {
        await expect(create(TWITCH)).rejects.toMatchObject({ code: 'capability_unavailable', message: /ffmpeg/ });
      }
      await create();
      await create();
    });
  });

  it('lets a session go even when its end cannot be kept', async () => {
    const id = await create();
    store.beforeWrite = () => Promise.reject(new Error('disk full'));
    await expect(sessions.close(id, ANN)).rejects.toThrow('disk full');
    expect([sessions.liveCount, analyzer.of(id).closedTimes]).toEqual([0, 1]);
  });
});
