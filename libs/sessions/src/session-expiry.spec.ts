import { beforeEach, describe, expect, it } from '@jest/globals';

import type { SessionRequest } from '@jiga/contracts';

import { ANN, SessionsRig } from '../../../test/support/sessions-rig.js';
import type { LiveSession } from './live-session.js';

describe('SessionsService, by the clock', () => {
  let clock: SessionsRig['clock'];
  let sessions: SessionsRig['sessions'];
  let create: (request?: Partial<SessionRequest>) => Promise<string>;

  beforeEach(() => {
    const rig = new SessionsRig();
    ({ clock, sessions } = rig);
    create = (request) => rig.create(request);
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
});
