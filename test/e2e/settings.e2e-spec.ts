import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { DomainEvents, JsonSchema } from '@jiga/contracts';
import { EventBus } from '@jiga/platform';
import { FakeAnalyzer } from '@jiga/testing';

import { call } from '../support/call.js';
import { TestServer } from '../support/start-test-server.js';

let server: TestServer;
const analyzer = new FakeAnalyzer();
const changes: DomainEvents['session.configuration_changed'][] = [];

beforeAll(async () => {
  server = await TestServer.start({ analyzer, credentials: { other: { owner: 'someone-else' } } });
  server.server.app.get(EventBus).subscribe('session.configuration_changed', (fact) => void changes.push(fact));
});
afterAll(() => server.stop());

const configurationOf = async (id: string): Promise<Record<string, unknown>> =>
  (await call<{ configuration: Record<string, unknown> }>(server, 'GET', `/sessions/${id}`)).body.configuration;

describe('skills of a session', () => {
  it('are in effect at once, kept, and told', async () => {
    const id = await server.createSession();
    const before = await call(server, 'GET', `/sessions/${id}/skills`);
    expect(before.body).toMatchObject({ skills: null, effective: expect.arrayContaining(['hud_reading', 'callouts']) });
    const { status, body } = await call(server, 'PUT', `/sessions/${id}/skills`, {
      skills: { hud_reading: { min_confidence: 0.5 } },
    });
    expect([status, body]).toEqual([
      200,
      { session_id: id, skills: { hud_reading: { min_confidence: 0.5 } }, effective: ['hud_reading'] },
    ]);
    expect(analyzer.of(id).settings.skills).toEqual({ hud_reading: { min_confidence: 0.5 } });
    expect(changes.at(-1)).toMatchObject({
      sessionId: id,
      setting: 'skills',
      from: null,
      to: { hud_reading: { min_confidence: 0.5 } },
    });
    await server.closeSession(id);
    expect(await configurationOf(id)).toMatchObject({ skills: { hud_reading: { min_confidence: 0.5 } } });
  });

  it('are told with what can be set of each', async () => {
    const { body } = await call<{ items: { id: string; settings: JsonSchema }[] }>(server, 'GET', '/skills');
    const callouts = body.items.find(({ id }) => id === 'callouts');
    expect(callouts?.settings).toMatchObject({
      additionalProperties: false,
      properties: { min_priority: { enum: ['info', 'important', 'urgent'], default: 'info' } },
    });
  });

  it.each([
    [{ hud_reading: { rate: 2 } }, '/skills/hud_reading/rate', 'unknown_field'],
    [{ hud_reading: { min_confidence: 2 } }, '/skills/hud_reading/min_confidence', 'out_of_range'],
    [{ hud_reading: { min_confidence: null } }, '/skills/hud_reading/min_confidence', 'wrong_type'],
    [{ hud_reading: { fields: ['health', 'helth'] } }, '/skills/hud_reading/fields/1', 'not_allowed'],
    [{ hud_reading: { fields: [] } }, '/skills/hud_reading/fields', 'bad_length'],
    [{ callouts: { per_minute: 1.5 } }, '/skills/callouts/per_minute', 'wrong_type'],
    [{ callouts: { min_priority: 'toString' } }, '/skills/callouts/min_priority', 'not_allowed'],
    [{ callouts: { __proto__: 1, constructor: {} } }, '/skills/callouts/constructor', 'unknown_field'],
    [{ callouts: [] }, '/skills/callouts', 'wrong_type'],
  ])('are refused when a setting would have no effect: %j', async (skills, pointer, code) => {
    const id = await server.createSession();
    const change = await call<{ errors: unknown[] }>(server, 'PUT', `/sessions/${id}/skills`, { skills });
    expect([change.status, change.body.errors]).toEqual([422, [expect.objectContaining({ pointer, code })]]);
    const create = await call<{ errors: unknown[] }>(server, 'POST', '/sessions', { user_id: 'ann', skills });
    expect([create.status, create.body.errors]).toEqual([422, [expect.objectContaining({ pointer, code })]]);
  });

  it('may be none, and all again', async () => {
    const id = await server.createSession({ skills: ['callouts'] });
    expect((await call(server, 'PUT', `/sessions/${id}/skills`, { skills: [] })).body['effective']).toEqual([]);
    expect(analyzer.of(id).settings.skills).toEqual([]);
    await call(server, 'PUT', `/sessions/${id}/skills`, { skills: null });
    expect(analyzer.of(id).settings.skills).toBeNull();
  });
});

describe('voice settings of a session', () => {
  it('are replaced as a whole: what is left out has its default', async () => {
    const id = await server.createSession({ voice_chat_config: { channels: 2, silence_timeout: 5 } });
    expect((await call(server, 'GET', `/sessions/${id}/voice-settings`)).body).toMatchObject({ channels: 2 });
    const { body } = await call(server, 'PUT', `/sessions/${id}/voice-settings`, { sample_rate: 16_000 });
    expect(body).toMatchObject({ sample_rate: 16_000, channels: 1, silence_timeout: 2, voice_quality: 'standard' });
    expect(changes.at(-1)).toMatchObject({ sessionId: id, setting: 'voice_chat_config' });
    expect(await configurationOf(id)).toMatchObject({ voice_chat_config: body });
  });
});

describe('model provider of a session', () => {
  it('is a chain for each capability, and the default where none is chosen', async () => {
    const id = await server.createSession();
    const path = `/sessions/${id}/model-provider`;
    const nothing = { vision: null, transcription: null, reply: null, speech: null };
    const effective = { vision: ['local:default'], transcription: [], reply: [], speech: ['flite:rms'] };
    expect((await call(server, 'GET', path)).body).toEqual({ session_id: id, ...nothing, effective });
    const chosen = { vision: [{ model: 'local:default', options: {} }] };
    const { body } = await call(server, 'PUT', path, chosen);
    expect(body).toEqual({ session_id: id, ...nothing, ...chosen, effective: { ...effective, ...chosen } });
    expect(await configurationOf(id)).toMatchObject({ model_provider: chosen });
    await call(server, 'PUT', path, { vision: null });
    expect(await configurationOf(id)).toMatchObject({ model_provider: null });
  });
});

describe('a change', () => {
  it.each([
    ['skills', {}, '/skills', 'required'],
    ['skills', { skills: ['mind_reading'] }, '/skills/0', 'not_allowed'],
    ['skills', { skills: 'all' }, '/skills', 'wrong_type'],
    ['skills', { skill: [] }, '/skill', 'unknown_field'],
    ['voice-settings', { channels: 3 }, '/channels', 'out_of_range'],
    ['voice-settings', { volume: 3 }, '/volume', 'unknown_field'],
    ['model-provider', { vision: ['nobody:else'] }, '/vision/0', 'not_allowed'],
    ['model-provider', { reply: ['local:default'] }, '/reply/0', 'not_allowed'],
    ['model-provider', { smell: [] }, '/smell', 'unknown_field'],
  ])('of %s to %j is refused', async (part, body, pointer, code) => {
    const id = await server.createSession();
    const before = changes.length;
    const answer = await call(server, 'PUT', `/sessions/${id}/${part}`, body);
    expect([answer.status, answer.body]).toMatchObject([422, { errors: [{ pointer, code }] }]);
    expect(changes).toHaveLength(before);
  });

  it.each(['skills', 'voice-settings', 'model-provider'])(
    'of %s is not for an ended or another’s session',
    async (part) => {
      const id = await server.createSession();
      const body = part === 'skills' ? { skills: [] } : {};
      const foreign = await call(server, 'PUT', `/sessions/${id}/${part}`, body, { token: 'other' });
      expect([foreign.status, foreign.body['code']]).toEqual([404, 'session_not_found']);
      await server.closeSession(id);
      const late = await call(server, 'PUT', `/sessions/${id}/${part}`, body);
      expect([late.status, late.body['code']]).toEqual([409, 'session_closed']);
      expect((await call(server, 'GET', `/sessions/${id}/${part}`)).status).toBe(200);
    },
  );

  it.each(['PATCH', 'PUT'])('of anything else by %s is refused', async (method) => {
    const id = await server.createSession();
    const { status, body } = await call(server, method, `/sessions/${id}`, { high_speed_vision: true });
    expect([status, body['code']]).toEqual([409, 'immutable_configuration']);
  });
});

describe('what there is to choose from', () => {
  it('is told with its health', async () => {
    const providers = await call(server, 'GET', '/providers', undefined, { token: 'other' });
    expect(providers.body).toMatchObject({
      items: expect.arrayContaining([
        expect.objectContaining({ id: 'local', remote: false, health: { state: 'ok', detail: null } }),
      ]),
      capabilities: [
        { id: 'vision', available: true, default: ['local:default'] },
        { id: 'transcription', available: false, default: [] },
        { id: 'reply', available: false },
        { id: 'speech', available: true },
      ],
    });
    const games = await call<{ items: object[] }>(server, 'GET', '/games');
    expect(games.body.items).toContainEqual(
      expect.objectContaining({ id: 'openarena', fields: expect.arrayContaining(['health', 'timer']) }),
    );
    const skills = await call<{ items: { id: string }[] }>(server, 'GET', '/skills');
    expect(skills.body.items.map(({ id }) => id)).toEqual(expect.arrayContaining(['hud_reading', 'game_events']));
  });
});
