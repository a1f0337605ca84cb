import { beforeEach, describe, expect, it } from '@jest/globals';

import { AppError } from '@jiga/contracts';
import type { SessionRequest } from '@jiga/contracts';
import { loadConfig, type EventBus } from '@jiga/platform';
import { deferred, turn } from '@jiga/testing';

import { ANN, SessionsRig } from '../../../test/support/sessions-rig.js';
import type { SessionRecord, SessionTransition } from './session-record.js';
import { SessionsService } from './sessions.service.js';
import { MemorySessionStore } from './testing/memory-session.store.js';

describe('SessionsService', () => {
  let clock: SessionsRig['clock'];
  let analyzer: SessionsRig['analyzer'];
  let store: SessionsRig['store'];
  let facts: SessionsRig['facts'];
  let starters: SessionsRig['starters'];
  let sessions: SessionsRig['sessions'];
  let create: (request?: Partial<SessionRequest>) => Promise<string>;

  beforeEach(() => {
    const rig = new SessionsRig();
    ({ clock, analyzer, store, facts, starters, sessions } = rig);
    create = (request) => rig.create(request);
  });

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

  it('takes back a session that the store had taken when its answer was lost, as soon as the store answers', async () => {
    sessions.startKeepingFigures();
    const losing = async (record: SessionRecord, transitions: readonly SessionTransition[]): Promise<void> => {
      await MemorySessionStore.prototype.insert.call(store, record, transitions);
      store.beforeWrite = () => Promise.reject(new Error('no database'));
      throw new Error('connection lost');
    };
    store.insert = losing;
    await expect(create()).rejects.toThrow('connection lost');
    expect(await store.list({}, 9)).toMatchObject([{ state: 'active' }]);
    store.beforeWrite = () => Promise.resolve();
    clock.advance(5_000);
    await turn();
    expect([await store.list({}, 9), facts, sessions.liveCount]).toEqual([[], [], 0]);
    await expect(create()).rejects.toThrow('connection lost');
    store.beforeWrite = () => Promise.resolve();
    await sessions.stop();
    expect(await store.list({}, 9)).toEqual([]);
  });

  it('makes sessions while one cannot be taken back yet, which a lost connection may still hold', async () => {
    sessions.startKeepingFigures();
    store.insert = () => Promise.reject(new Error('connection lost'));
    store.takeBack = () => Promise.reject(new Error('waited for a lock for too long'));
    await expect(create()).rejects.toThrow('connection lost');
    store.insert = MemorySessionStore.prototype.insert.bind(store);
    const id = await create();
    sessions.peek(id)?.metrics.frameReceived(1);
    clock.advance(5_000);
    await turn();
    expect(await store.list({}, 9)).toMatchObject([{ id, metrics: { frames: { received: 1 } } }]);
  });

  it('takes nothing back that was refused for what it says', async () => {
    const takenBack: string[] = [];
    store.takeBack = ({ id }) => Promise.resolve(void takenBack.push(id));
    store.insert = () => Promise.reject(new AppError('validation_failed'));
    await expect(create()).rejects.toMatchObject({ code: 'validation_failed' });
    await turn();
    expect(takenBack).toEqual([]);
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
    await turn();
    const kept = await store.find(id);
    expect(kept?.metrics).toMatchObject({
      frames: { received: 1 },
      providers: { calls: 2, cost_usd: 0.02, by_model: { 'openai:mini': { input_tokens: 200 } } },
    });
    store.beforeWrite = () => Promise.reject(new Error('nothing to write'));
    clock.advance(60_000);
    await turn();
    store.beforeWrite = () => Promise.resolve();
    const bus = { publish: () => {} } as unknown as EventBus;
    const next = new SessionsService(store, bus, clock, loadConfig({}), analyzer, starters);
    expect(kept && next.metricsOf(kept)).toMatchObject({ frames: { received: 1 }, providers: { output_tokens: 40 } });
    await sessions.stop();
    expect(clock.pending).toBe(0);
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

  it('lets a session go even when its end cannot be kept, and keeps it as soon as that is possible', async () => {
    sessions.startKeepingFigures();
    const id = await create();
    store.beforeWrite = () => Promise.reject(new Error('no database'));
    await expect(sessions.close(id, ANN)).rejects.toThrow('no database');
    expect([sessions.liveCount, analyzer.of(id).closedTimes]).toEqual([0, 1]);
    expect(await sessions.get(id, ANN)).toMatchObject({ state: 'closed', reason: 'closed_by_client' });
    await expect(sessions.close(id, ANN)).rejects.toThrow('no database');
    store.beforeWrite = () => Promise.resolve();
    clock.advance(5_000);
    for (let i = 0; i < 20; i++) await Promise.resolve();
    expect(await store.find(id)).toMatchObject({ state: 'closed', endedAt: clock.nowMs() / 1000 - 5 });
    const told = ['created', 'active', 'closing', 'closed'];
    expect((await sessions.transitions(id, ANN)).map(({ to }) => to)).toEqual(told);
    await sessions.stop();
  });

  it('keeps an end that could not be kept when the session is closed again, or when the server stops', async () => {
    const first = await create();
    const second = await create();
    store.beforeWrite = () => Promise.reject(new Error('no database'));
    await Promise.allSettled([sessions.close(first, ANN), sessions.close(second, ANN)]);
    store.beforeWrite = () => Promise.resolve();
    expect(await sessions.close(first, ANN)).toMatchObject({ state: 'closed' });
    expect(await store.find(first)).toMatchObject({ state: 'closed' });
    expect(await store.find(second)).toMatchObject({ state: 'active' });
    await sessions.stop();
    expect(await store.find(second)).toMatchObject({ state: 'closed', reason: 'closed_by_client' });
  });

  it('keeps a change of state that could not be kept with the next one', async () => {
    const id = await create();
    store.beforeWrite = () => Promise.reject(new Error('no database'));
    await expect(sessions.advance(id, 'reconnecting', 'source_lost')).rejects.toThrow('no database');
    store.beforeWrite = () => Promise.resolve();
    await sessions.advance(id, 'active', 'source_back');
    expect((await sessions.transitions(id, ANN)).map(({ reason }) => reason)).toEqual([
      'created',
      'endpoints_ready',
      'source_lost',
      'source_back',
    ]);
  });

  it('keeps a change of state once when the store had taken it, and its answer was lost', async () => {
    const id = await create();
    const update = store.update.bind(store);
    store.update = async (...args) => {
      await update(...args);
      throw new Error('connection lost');
    };
    await expect(sessions.advance(id, 'reconnecting', 'source_lost')).rejects.toThrow('connection lost');
    store.update = update;
    await sessions.advance(id, 'active', 'source_back');
    const told = ['created', 'active', 'reconnecting', 'active'];
    expect((await sessions.transitions(id, ANN)).map(({ to }) => to)).toEqual(told);
  });

  it('puts changed settings in effect once they are kept, and not when they cannot be', async () => {
    const id = await create();
    const settings = async () => [(await sessions.get(id, ANN)).configuration.skills, analyzer.of(id).settings.skills];
    const before = await settings();
    const told = facts.length;
    store.beforeWrite = () => Promise.reject(new Error('no database'));
    await expect(sessions.reconfigure(id, ANN, { skills: ['hud_reading'] })).rejects.toThrow('no database');
    expect([await settings(), facts.length]).toEqual([before, told]);
    const gate = deferred<void>();
    store.beforeWrite = () => gate.promise;
    const changing = sessions.reconfigure(id, ANN, { skills: ['hud_reading'] });
    const changingBack = sessions.reconfigure(id, ANN, { skills: [] });
    await Promise.resolve();
    expect(await settings()).toEqual(before);
    gate.resolve();
    expect(await changing).toMatchObject({ configuration: { skills: ['hud_reading'] } });
    expect(await changingBack).toMatchObject({ configuration: { skills: [] } });
    expect(await settings()).toEqual([[], []]);
    expect(facts.slice(told)).toMatchObject([{ to: ['hud_reading'] }, { from: ['hud_reading'], to: [] }]);
    expect(await store.find(id)).toMatchObject({ configuration: { skills: [] } });
  });

  it('tells one moment of a change of settings, however long it takes to keep it', async () => {
    const id = await create();
    const gate = deferred<void>();
    store.beforeWrite = () => gate.promise;
    const changing = sessions.reconfigure(id, ANN, { skills: [] });
    await turn();
    clock.advance(1_500);
    gate.resolve();
    const { updatedAt } = await changing;
    expect((await store.find(id))?.updatedAt).toBe(updatedAt);
  });

  it('ends a session with the settings it had when it is closed while new ones are being kept', async () => {
    const id = await create();
    const { skills } = (await sessions.get(id, ANN)).configuration;
    const gate = deferred<void>();
    store.beforeWrite = () => gate.promise;
    const changing = sessions.reconfigure(id, ANN, { skills: [] });
    const refused = expect(changing).rejects.toMatchObject({ code: 'session_closed' });
    await Promise.resolve();
    const closing = sessions.close(id, ANN);
    await Promise.resolve();
    gate.resolve();
    await refused;
    expect((await closing).configuration.skills).toEqual(skills);
    expect(await store.find(id)).toMatchObject({ state: 'closed', configuration: { skills } });
  });
});
