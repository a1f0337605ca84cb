import { describe, expect, it } from '@jest/globals';
import { ModeTracker } from './mode-tracker.js';
import { OPENARENA_RULES } from './openarena.rules.js';

function mode(colors: Readonly<Record<string, string | null>>, ...messages: string[]): ModeTracker {
  const tracker = new ModeTracker(OPENARENA_RULES.modes);
  for (let sight = 0; sight < 5; sight++) {
    for (const [region, color] of Object.entries(colors)) tracker.noteColor(region, color);
  }
  for (const says of messages) tracker.noteMessage(says);
  return tracker;
}

const NO_FLAGS = { flag_red: null, flag_blue: null };
const TEAM_BOXES = { score_left: 'red', score_right: 'blue' };

describe('ModeTracker with the signs of OpenArena', () => {
  it.each([
    ['capture the flag', mode({ flag_red: 'red', flag_blue: 'blue', ...TEAM_BOXES })],
    ['capture the flag', mode({ ...NO_FLAGS, ...TEAM_BOXES }, 'flag_taken', 'team_standing')],
    ['team deathmatch', mode({ ...NO_FLAGS, ...TEAM_BOXES }, 'many_fighters')],
    ['free for all', mode({ ...NO_FLAGS, score_left: 'gray', score_right: 'red' }, 'place', 'many_fighters')],
    ['tournament', mode({ ...NO_FLAGS, score_left: 'blue', score_right: 'gray' }, 'place', 'two_fighters')],
  ])('finds %s', (name, tracker) => {
    expect(tracker.belief()).toMatchObject({ name, confidence: expect.any(Number) });
  });

  it('does not say which while the signs fit several, but whether there are teams', () => {
    expect(mode({ ...NO_FLAGS, score_left: 'blue' }, 'place').belief()).toBeNull();
    expect(mode({ ...NO_FLAGS, score_left: 'blue' }, 'place').hasTeams()).toBe(false);
    expect(mode(TEAM_BOXES).belief()).toBeNull();
    expect(mode(TEAM_BOXES).hasTeams()).toBe(true);
    expect(mode(NO_FLAGS).hasTeams()).toBeNull();
  });

  it('does not count a colour that was seen once', () => {
    const tracker = new ModeTracker(OPENARENA_RULES.modes);
    tracker.noteColor('flag_red', 'red');
    expect(tracker.belief()).toBeNull();
  });
});
