import { describe, expect, it } from '@jest/globals';

import { isEventTypeFilter, passesEventFilters } from './public-event.js';

describe('filters of event types', () => {
  it.each([
    'session.failed',
    'session.*',
    'budget.*',
    'game.*',
    'game.kill',
    'game.openarena.holdable_used',
    'analysis',
  ])('takes %s', (filter) => expect(isEventTypeFilter(filter)).toBe(true));

  it.each([
    '',
    '*',
    'game',
    'kill',
    'session',
    'session.unheard_of',
    'nothing.*',
    'game.Kill',
    'constructor',
    'game. kill',
  ])('refuses %j', (filter) => expect(isEventTypeFilter(filter)).toBe(false));

  it('passes an exact type and every member of a family, and nothing else', () => {
    expect(passesEventFilters(['game.*', 'session.failed'], 'game.kill')).toBe(true);
    expect(passesEventFilters(['game.*', 'session.failed'], 'session.failed')).toBe(true);
    expect(passesEventFilters(['game.*', 'session.failed'], 'session.state_changed')).toBe(false);
    expect(passesEventFilters([], 'game.kill')).toBe(false);
  });
});
