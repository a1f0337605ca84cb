import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import type { PlannedCall, PublicEvent } from '@jiga/contracts';
import { EventBus, PublicEventFeed } from '@jiga/platform';
import { FakeAnalyzer, makePicture, tempDir, until, VirtualClock } from '@jiga/testing';
import { CallAccounts } from '@jiga/usage';

import { call } from '../support/call.js';
import { TestServer } from '../support/start-test-server.js';

interface Usage {
  readonly items: Record<string, unknown>[];
  readonly total: Record<string, unknown>;
  readonly next_cursor: string | null;
}

const PRICES = [{ provider: 'cloud', model: 'eye-1', from: '2020-01-01', input_per_million_tokens: 1_000_000 }];
const analyzer = new FakeAnalyzer();
const clock = new VirtualClock(Date.UTC(2026, 0, 30, 23, 59, 0));
let server: TestServer;
let directory: Awaited<ReturnType<typeof tempDir>>;
let events: PublicEvent[] = [];

beforeAll(async () => {
  directory = await tempDir();
  const prices = join(directory.path, 'prices.json');
  await writeFile(prices, JSON.stringify({ prices: PRICES }));
  const credentials = { ann: { owner: 'ann' }, bob: { owner: 'bob' } };
  server = await TestServer.start({
    clock,
    analyzer,
    credentials,
    environment: { JIGA_PRICES_FILE: prices },
  });
  server.server.app.get(PublicEventFeed).subscribe((event) => void events.push(event));
});
afterAll(async () => {
  await server.stop();
  await directory.remove();
});
beforeEach(() => {
  events = [];
});

const budgetEvents = (): string[] => events.map(({ type }) => type).filter((type) => type.startsWith('budget.'));
const plan = (sessionId: string, changes: Partial<PlannedCall> = {}): PlannedCall => ({
  sessionId,
  provider: 'cloud',
  model: 'eye-1',
  capability: 'vision',
  isRemote: true,
  mostInputTokens: 1,
  mostOutputTokens: 0,
  mostAudioSeconds: 0,
  hasLocalAlternative: false,
  ...changes,
});
/** With a price of a dollar a token, tokens are dollars. */
function spend(sessionId: string, dollars: number): void {
  const { grant, refusal } = accounts().reserve(plan(sessionId, { mostInputTokens: dollars }));
  if (!grant) throw new Error(refusal);
  grant.settle({ inputTokens: dollars, outputTokens: 0, audioSeconds: 0, analyses: 1 });
}
const accounts = (): CallAccounts => server.server.app.get(CallAccounts, { strict: false });
const usage = (query: string, token = 'ann') => call<Usage>(server, 'GET', `/usage${query}`, undefined, { token });

describe('usage', () => {
  it('is summed up by whatever is asked, over days, and only of one’s own sessions', async () => {
    const id = await server.createSession({}, 'ann');
    const other = await server.createSession({}, 'bob');
    spend(id, 3);
    clock.advance(120_000);
    spend(id, 4);
    spend(other, 5);
    expect((await call(server, 'GET', `/sessions/${id}/metrics`)).body).toMatchObject({
      providers: { calls: 2, input_tokens: 7, cost_usd: 7, by_model: { 'cloud:eye-1': { calls: 2 } } },
    });
    const byDay = (await usage('?group_by=day,provider')).body;
    expect(byDay.items).toMatchObject([
      { day: '2026-01-30', provider: 'cloud', session_id: null, calls: 1, analyses: 1, cost_usd: 3 },
      { day: '2026-01-31', provider: 'cloud', cost_usd: 4, tokens: { input: 4, output: 0 } },
    ]);
    expect(byDay.total).toMatchObject({ calls: 2, cost_usd: 7, unpriced_calls: 0 });
    expect((await usage('?group_by=session')).body.items).toMatchObject([{ session_id: id, day: null, cost_usd: 7 }]);
    expect((await usage('?group_by=session', 'bob')).body.items).toMatchObject([{ session_id: other, cost_usd: 5 }]);
    expect((await usage('?from=2026-01-31')).body.total).toMatchObject({ cost_usd: 4 });
    const first = (await usage('?group_by=day&limit=1')).body;
    const second = (await usage(`?group_by=day&limit=1&cursor=${first.next_cursor}`)).body;
    expect([first, second].map(({ items }) => items[0]?.['day'])).toEqual(['2026-01-30', '2026-01-31']);
    expect(second.next_cursor).toBeNull();
  });

  it('counts a call without a price as such, and guesses none', async () => {
    const id = await server.createSession({}, 'ann');
    const { grant } = accounts().reserve(plan(id, { model: 'unheard-of' }));
    grant?.settle({ inputTokens: 10, outputTokens: 5, audioSeconds: 1.5 });
    const { total } = (await usage(`?session_id=${id}`)).body;
    expect(total).toMatchObject({
      calls: 1,
      cost_usd: 0,
      unpriced_calls: 1,
      audio_seconds: 1.5,
      tokens: { input: 10, output: 5 },
    });
  });

  it.each(['?group_by=colour', '?from=yesterday', '?to=2026-13-45', '?session_id=x', '?cursor=x', '?limit=0'])(
    'refuses %s',
    async (query) => expect((await usage(query)).status).toBe(422),
  );
});

describe('a budget', () => {
  it('warns at 80 %, does locally what it can from 95 % on, and ends the session when it is spent', async () => {
    const id = await server.createSession({ budget: { usd: 100 } });
    spend(id, 79);
    expect(budgetEvents()).toEqual([]);
    spend(id, 1);
    expect(budgetEvents()).toEqual(['budget.warning']);
    expect(accounts().reserve(plan(id, { hasLocalAlternative: true })).refusal).toBeNull();
    spend(id, 14);
    expect(accounts().reserve(plan(id, { mostInputTokens: 50 })).refusal).toBe('busy');
    expect(budgetEvents()).toEqual(['budget.warning']);
  });

  it('is told in its order, with what is spent and of how much', async () => {
    const id = await server.createSession({ budget: { usd: 100, tokens: 1_000_000 } });
    spend(id, 96);
    expect(accounts().reserve(plan(id, { hasLocalAlternative: true })).refusal).toBe('degraded');
    expect(accounts().reserve(plan(id, { provider: 'local', mostInputTokens: 0 })).refusal).toBeNull();
    spend(id, 50);
    expect(budgetEvents()).toEqual(['budget.warning', 'budget.degraded', 'budget.spent']);
    const spent = events.find(({ type }) => type === 'budget.spent');
    expect(spent).toMatchObject({ session_id: id, data: { dimension: 'usd', limit: 100, spent: 146 } });
    await until(() => events.some(({ data }) => 'to' in data && data.to === 'closed'));
    const { body } = await call(server, 'GET', `/sessions/${id}`);
    expect(body).toMatchObject({ state: 'closed', state_reason: 'budget_spent' });
  });

  it('of nothing leaves what costs nothing', async () => {
    const id = await server.createSession({ budget: { usd: 0 } });
    expect(accounts().reserve(plan(id)).refusal).toBe('spent');
    expect(accounts().reserve(plan(id, { hasLocalAlternative: true })).refusal).toBe('degraded');
    expect(accounts().reserve(plan(id, { provider: 'local', mostInputTokens: 9 })).refusal).toBeNull();
  });

  it('of money lets no model be asked that has no price', async () => {
    const id = await server.createSession({ budget: { usd: 10 } });
    expect(accounts().reserve(plan(id, { model: 'unheard-of' })).refusal).toBe('unpriced');
  });

  it('of seconds warns before the session ends', async () => {
    const id = await server.createSession({ budget: { seconds: 100 } });
    clock.advance(80_500);
    expect(budgetEvents()).toEqual(['budget.warning']);
    clock.advance(20_000);
    await until(() => events.some(({ data }) => 'to' in data && data.to === 'closed'));
    expect(budgetEvents()).toEqual(['budget.warning', 'budget.spent']);
    expect((await call(server, 'GET', `/sessions/${id}`)).body).toMatchObject({ state_reason: 'budget_spent' });
  });
});

it('counts the frames of a session, and which of them were read in depth', async () => {
  const id = await server.createSession({}, 'ann');
  const bus = server.server.app.get(EventBus);
  const bytes = await makePicture();
  const frame = { id: 'frm_1', bytes, width: 64, height: 36, timestamp: 1, source: 'test', channel: null };
  const result = await analyzer.of(id).analyze(frame, 0);
  const read = { ...result, metadata: { ...result.metadata, provider: 'local', stages_ms: { heavy: 5 } } };
  const skimmed = { ...read, metadata: { ...read.metadata, stages_ms: {} } };
  for (const each of [read, skimmed, skimmed]) {
    bus.publish('vision.frame_analysed', { sessionId: id, at: 1, result: each });
  }
  expect((await usage(`?session_id=${id}&group_by=provider,capability`)).body.items).toMatchObject([
    { provider: 'local', capability: 'vision', frames: 3, analyses: 1, cost_usd: 0, unpriced_calls: 0 },
  ]);
});
