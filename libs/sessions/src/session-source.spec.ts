import { beforeEach, describe, expect, it } from '@jest/globals';

import type { SessionRequest } from '@jiga/contracts';

import { ANN, SessionsRig } from '../../../test/support/sessions-rig.js';
import type { SourceControl } from './sources/source-starter.port.js';

const TWITCH: Partial<SessionRequest> = {
  video_input_source: 'twitch',
  video_source_config: { channel_name: 'some_channel' },
};

describe('a session with a source of its own', () => {
  let clock: SessionsRig['clock'];
  let facts: SessionsRig['facts'];
  let starters: SessionsRig['starters'];
  let sessions: SessionsRig['sessions'];
  let create: (request?: Partial<SessionRequest>) => Promise<string>;
  let control: SourceControl;
  let obstacle: string | null;
  const statesOf = async (id: string) => (await sessions.transitions(id, ANN)).map(({ to, reason }) => [to, reason]);

  beforeEach(() => {
    const rig = new SessionsRig();
    ({ clock, facts, starters, sessions } = rig);
    create = (request) => rig.create(request);
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
