import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { FakeAnalyzer } from '@jiga/testing';

import { TestServer } from '../support/start-test-server.js';

interface ProblemBody {
  readonly status: number;
  readonly code: string;
  readonly errors?: readonly { readonly pointer: string; readonly code: string }[];
}

describe('a request for a session', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ analyzer: new FakeAnalyzer() });
  });
  afterAll(() => server.stop());

  const refused = async (body: unknown): Promise<ProblemBody> => {
    const response = await server.fetch('/sessions', { method: 'POST', body: JSON.stringify(body) });
    expect(response.status).toBe(422);
    return (await response.json()) as ProblemBody;
  };

  it('is answered with everything that is wrong with it at once', async () => {
    const { status, code, errors } = await refused({
      user_id: 7,
      is_admin: null,
      surprise: 1,
      'a/b~c': 1,
      constructor: 1,
      high_speed_config: { target_fps: 0, target: 1 },
      voice_chat_config: { channels: 3, sample_rate: '22050' },
      video_source_config: [],
      budget: { usd: -1 },
    });
    expect([status, code]).toEqual([422, 'validation_failed']);
    expect(Object.fromEntries((errors ?? []).map((error) => [error.pointer, error.code]))).toEqual({
      '/user_id': 'wrong_type',
      '/is_admin': 'wrong_type',
      '/surprise': 'unknown_field',
      '/a~1b~0c': 'unknown_field',
      '/constructor': 'unknown_field',
      '/high_speed_config/target_fps': 'out_of_range',
      '/high_speed_config/target': 'unknown_field',
      '/voice_chat_config/channels': 'out_of_range',
      '/voice_chat_config/sample_rate': 'wrong_type',
      '/video_source_config': 'wrong_type',
      '/budget/usd': 'out_of_range',
    });
  });

  it('may say null wherever something is optional', async () => {
    const nothing = { preferences: null, high_speed_config: null, voice_chat_config: null, video_source_config: null };
    const body = JSON.stringify({ user_id: 'player-1', ...nothing, team_id: null, skills: null, budget: null });
    const response = await server.fetch('/sessions', { method: 'POST', body });
    expect(response.status).toBe(201);
    const { configuration } = (await response.json()) as { configuration: Readonly<Record<string, unknown>> };
    expect(configuration).toMatchObject({ preferences: {}, video_source_config: null });
  });

  it.each([
    ['no user', {}, '/user_id', 'required'],
    [
      'a twitch source without channel',
      { video_input_source: 'twitch' },
      '/video_source_config/channel_name',
      'required',
    ],
    [
      'a twitch source with a bad channel',
      { video_input_source: 'twitch', video_source_config: { channel_name: 'a b' } },
      '/video_source_config/channel_name',
      'bad_format',
    ],
    [
      "a twitch source with another source's key",
      { video_input_source: 'twitch', video_source_config: { channel_name: 'abc', video_id: 'dQw4w9WgXcQ' } },
      '/video_source_config/video_id',
      'unknown_field',
    ],
    ['a youtube source without video', { video_input_source: 'youtube' }, '/video_source_config', 'required'],
    ['a mode that does not exist', { high_speed_mode: 'warp' }, '/high_speed_mode', 'not_allowed'],
    ['a game that nobody knows', { game: 'openarea' }, '/game', 'not_allowed'],
    ['a bad skill id', { skills: ['hud_reading', 'NOT ONE'] }, '/skills/1', 'bad_format'],
    ['a skill that does not exist', { skills: { mind_reading: {} } }, '/skills/mind_reading', 'not_allowed'],
    ['skills of a wrong shape', { skills: 5 }, '/skills', 'wrong_type'],
    ['an unknown provider', { model_provider: { vision: ['x:y'] } }, '/model_provider/vision/0', 'not_allowed'],
    ['an unknown capability', { model_provider: { smell: ['local:y'] } }, '/model_provider/smell', 'unknown_field'],
    ['preferences past their size', { preferences: { a: 'x'.repeat(17_000) } }, '/preferences', 'bad_length'],
  ])('is refused for %s, with a pointer to it', async (_name, change, pointer, code) => {
    const body = { ...(pointer === '/user_id' ? {} : { user_id: 'player-1' }), ...change };
    const { errors } = await refused(body);
    expect(errors).toEqual([expect.objectContaining({ pointer, code })]);
  });

  it('may name any game of the contract, also one without a profile, and is told which when it errs', async () => {
    const games = [
      'auto',
      'openarena',
      'doom',
      'supertuxkart',
      'valorant',
      'cs2',
      'league_of_legends',
      'rocket_league',
    ];
    for (const game of [...games, 'overwatch2', 'apex_legends']) await server.createSession({ game });
    expect((await refused({ user_id: 'p', game: 'OpenArena' })).errors).toEqual([
      {
        pointer: '/game',
        code: 'not_allowed',
        detail: expect.stringMatching(/auto, openarena, doom, .*apex_legends$/),
      },
    ]);
  });
});
