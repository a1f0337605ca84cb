import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';

import type { DomainEvents, TeamMessage } from '@jiga/contracts';
import { EventBus } from '@jiga/platform';
import { FakeAnalyzer } from '@jiga/testing';

import { call } from '../support/call.js';
import { TestServer } from '../support/start-test-server.js';

let server: TestServer;
let told: DomainEvents['team.message'][] = [];
let team = 0;

beforeAll(async () => {
  const credentials = { ann: { owner: 'studio' }, bob: { owner: 'studio' }, eve: { owner: 'rival' } };
  server = await TestServer.start({ analyzer: new FakeAnalyzer(), credentials });
  server.server.app.get(EventBus).subscribe('team.message', (fact) => void told.push(fact));
});
afterAll(() => server.stop());
beforeEach(() => {
  told = [];
  team += 1;
});

const teamId = (): string => `team-${team}`;
const member = (user_id: string, token = 'ann', team_id: string | null = teamId()): Promise<string> =>
  server.createSession({ user_id, team_id }, token);
const send = (id: string, body: object, token = 'ann') =>
  call<TeamMessage & { reached: number; code: string }>(server, 'POST', `/sessions/${id}/team-messages`, body, {
    token,
  });
const read = (id: string, query = '', token = 'ann') =>
  call<{ items: TeamMessage[]; next_cursor: string | null }>(
    server,
    'GET',
    `/sessions/${id}/team-messages${query}`,
    undefined,
    { token },
  );

it('reaches every live session of the team and no other', async () => {
  const ann = await member('ann');
  const bob = await member('bob', 'bob');
  const gone = await member('gone');
  await server.closeSession(gone);
  await member('stranger', 'ann', 'another-team');
  await member('rival', 'eve');
  const { status, body } = await send(ann, { text: 'flag is ours', priority: 'urgent' });
  expect(status).toBe(201);
  expect(body).toMatchObject({ from_session_id: ann, from_user_id: 'ann', team_id: teamId(), reached: 2 });
  expect(new Set(told.map(({ sessionId }) => sessionId))).toEqual(new Set([ann, bob]));
  const { reached: _, ...message } = body;
  expect(told.map((fact) => fact.message)).toEqual([message, message]);
  expect((await read(bob, '', 'bob')).body.items).toEqual([message]);
});

it('keeps what was said, page by page, for who joins later and after the end', async () => {
  const ann = await member('ann');
  for (const text of ['one', 'two', 'three']) await send(ann, { text });
  const late = await member('late', 'bob');
  const first = (await read(late, '?limit=2', 'bob')).body;
  const second = (await read(late, `?limit=2&cursor=${first.next_cursor}`, 'bob')).body;
  expect([...first.items, ...second.items].map(({ text }) => text)).toEqual(['three', 'two', 'one']);
  expect(second.next_cursor).toBeNull();
  await server.closeSession(ann);
  expect((await read(ann)).body.items).toHaveLength(3);
  expect((await send(ann, { text: 'too late' })).body.code).toBe('session_closed');
});

it('is not for sessions without a team, nor for other owners', async () => {
  const alone = await member('alone', 'ann', null);
  expect((await send(alone, { text: 'hello?' })).body.code).toBe('no_team');
  expect((await read(alone)).status).toBe(409);
  const ann = await member('ann');
  expect((await send(ann, { text: 'spy' }, 'eve')).status).toBe(404);
  expect((await read(ann, '', 'eve')).status).toBe(404);
});

it.each([
  [{}, '/text'],
  [{ text: '' }, '/text'],
  [{ text: '   \n ' }, '/text'],
  [{ text: 'x'.repeat(501) }, '/text'],
  [{ text: 'bell \u0007' }, '/text'],
  [{ text: 'hi', priority: 'huge' }, '/priority'],
  [{ text: 'hi', to: 'all' }, '/to'],
])('refuses %j', async (body, pointer) => {
  const ann = await member('ann');
  const answer = await send(ann, body);
  expect([answer.status, answer.body]).toMatchObject([422, { errors: [{ pointer }] }]);
  expect(told).toEqual([]);
});
