import { describe, expect, it } from '@jest/globals';

import { Roster } from './roster.js';
import type { Sight } from './region-board.js';
import { ViewedPlayer } from './viewed-player.js';

const label = (text: string | null): Sight => ({
  readAt: 0,
  fresh: true,
  reading: {
    region: 'follow_name',
    outcome: text === null ? 'empty' : 'read',
    text,
    confidence: 0.97,
    box: [0.3, 0.09, 0.4, 0.1],
    color: null,
  },
});

/** Shows the label five times a second from `from` to `to`; returns how often the view was said to change. */
function show(viewed: ViewedPlayer, text: string | null, from: number, to: number): number {
  let changes = 0;
  for (let now = from; now < to; now += 0.2) if (viewed.observe(label(text), now)) changes++;
  return changes;
}

const viewedPlayer = (): ViewedPlayer =>
  new ViewedPlayer(new Roster({ seeds: ['Sarge', 'Grunt'], maxLength: 20, chatMarks: [] }));

describe('the viewed player', () => {
  it('stays who he is while banners cover his name, however often', () => {
    const viewed = viewedPlayer();
    expect(show(viewed, 'Sarge', 0, 2)).toBe(0);
    expect(show(viewed, null, 2, 10)).toBe(0);
    expect(viewed.name).toBe('Sarge');
    expect(show(viewed, 'Sarge', 10, 12)).toBe(0);
  });

  it('is nobody known after his name has been gone for long, and the same again when it returns', () => {
    const viewed = viewedPlayer();
    show(viewed, 'Sarge', 0, 2);
    expect(show(viewed, null, 2, 20)).toBe(0);
    expect(viewed.name).toBeNull();
    expect(show(viewed, 'Sarge', 20, 22)).toBe(0);
    expect(viewed.name).toBe('Sarge');
  });

  it('changes once when another player is followed', () => {
    const viewed = viewedPlayer();
    show(viewed, 'Sarge', 0, 2);
    expect(show(viewed, 'Grunt', 2, 4)).toBe(1);
    expect(viewed.name).toBe('Grunt');
  });
});
