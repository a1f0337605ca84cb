import { describe, expect, it } from '@jest/globals';
import { clock, feedLines, Play, readings, type Shown } from './match.testing.js';

const HUD: Shown = { health: '100', ammo: '50', timer: '1:00', score_left: '0', score_right: '0' };
const at = (t: number): Shown => ({ ...HUD, timer: clock(60 + t) });

describe('MatchTracker: kills', () => {
  it('tells a kill once, with the time of the frame that first showed it', () => {
    const play = new Play();
    play.hold(0, 1, at);
    play.hold(1, 4, (t) => ({ ...at(t), ...feedLines('Gargoyle was railed by Sarge') }));
    play.hold(4, 8, at);
    const kills = play.of('kill');
    expect(kills).toHaveLength(1);
    expect(kills[0]?.timestamp).toBeCloseTo(1001, 5);
    expect(kills[0]?.detail).toMatchObject({
      killer: 'Sarge',
      victim: 'Gargoyle',
      weapon: 'railgun',
      by_player: false,
    });
  });

  it('makes one event of feed line and centre print, and knows the viewed player', () => {
    const play = new Play();
    play.hold(0, 1, (t) => ({ ...at(t), follow_name: 'Sarge' }));
    play.hold(1, 3, (t) => ({
      ...at(t),
      follow_name: 'Sarge',
      center_1: 'You fragged Beret',
      ...feedLines('Beret was railed by Sarge'),
    }));
    play.hold(3, 6, (t) => ({ ...at(t), follow_name: 'Sarge' }));
    expect(play.of('kill').map((kill) => kill.detail)).toEqual([
      expect.objectContaining({
        killer: 'Sarge',
        victim: 'Beret',
        weapon: 'railgun',
        by_player: true,
        of_player: false,
      }),
    ]);
  });

  it('learns who the player is from what the game says to him', () => {
    const play = new Play();
    play.hold(0, 2, (t) => ({
      ...at(t),
      center_1: 'You fragged Beret',
      ...feedLines('Beret was railed by Bitterman'),
    }));
    play.hold(2, 6, at);
    play.hold(6, 8, (t) => ({ ...at(t), ...feedLines("Bitterman ate Tony's rocket") }));
    expect(play.of('kill')[1]?.detail).toMatchObject({ killer: 'Tony', victim: 'Bitterman', of_player: true });
  });

  it('tells the same kill again when it happens again', () => {
    const play = new Play();
    const line = feedLines('Grunt was in the wrong place.');
    play.hold(0, 3, (t) => ({ ...at(t), ...line }));
    play.hold(3, 5, at);
    play.hold(5, 8, (t) => ({ ...at(t), ...line }));
    expect(play.of('kill')).toHaveLength(2);
    expect(play.of('kill')[0]?.detail).toMatchObject({ killer: null, victim: 'Grunt' });
  });

  it('sees lines that are shown at one look only, as when looks are seconds apart', () => {
    const play = new Play();
    play.show(0, { ...at(0), ...feedLines('Grunt was railed by Sarge') });
    play.show(3, { ...at(3), ...feedLines("Tony ate Major's grenade", 'Beret cratered.') });
    play.show(6, at(6));
    play.show(9, at(9));
    expect(play.of('kill').map((kill) => [kill.detail['victim'], kill.timestamp])).toEqual([
      ['Grunt', 1000],
      ['Tony', 1003],
      ['Beret', 1003],
    ]);
  });

  it.each([
    'Sarge: Grunt was railed by Tony',
    '(Sarge): I was railed by Tony',
    '[Sarge]: Tony cratered',
    'Grunt: almost dodged your rocket',
  ])('never makes a kill of the chat line "%s"', (line) => {
    const play = new Play();
    play.hold(0, 3, (t) => ({ ...at(t), ...feedLines(line) }));
    play.hold(3, 8, at);
    expect(play.of('kill')).toEqual([]);
  });

  it('passes on what team mates say', () => {
    const play = new Play();
    play.show(0, { ...at(0), ...feedLines('(Tony): need backup') });
    expect(play.last?.team_messages).toEqual(['Tony: need backup']);
    expect(play.show(0.2, { ...at(0.2), ...feedLines('(Tony): need backup') }).team_messages).toEqual([]);
  });
});

describe('MatchTracker: life, flags and score', () => {
  it('tells death and spawn once each', () => {
    const play = new Play();
    const view = (t: number): Shown => ({ ...at(t), follow_name: 'Sarge' });
    play.hold(0, 2, view);
    play.hold(2, 4, (t) => ({
      timer: clock(60 + t),
      score_left: '0',
      score_right: '0',
      follow_name: 'Sarge',
      ...feedLines("Sarge ate Gargoyle's grenade"),
    }));
    play.hold(4, 7, view);
    expect(play.of('death').map((event) => [event.timestamp, event.detail])).toEqual([
      [expect.closeTo(1002, 5), { player: 'Sarge', killer: 'Gargoyle', weapon: 'grenade_launcher' }],
    ]);
    expect(play.of('spawn')).toHaveLength(1);
    expect(play.of('phase_changed').map((event) => event.detail['to'])).toEqual(['dead', 'playing']);
    expect(play.callouts.map((callout) => callout.text)).toContain('Gargoyle fragged you with a grenade');
  });

  it('does not make a death of a HUD that fades for a moment', () => {
    const play = new Play();
    play.hold(0, 2, at);
    play.hold(2, 2.4, {});
    play.hold(2.4, 5, at);
    expect(play.events).toEqual([]);
  });

  it('tells low health once until it recovered', () => {
    const play = new Play();
    play.hold(0, 2, at);
    play.hold(2, 4, (t) => ({ ...at(t), health: '24' }));
    play.hold(4, 5, (t) => ({ ...at(t), health: '29' }));
    play.hold(5, 6, (t) => ({ ...at(t), health: '20' }));
    play.hold(6, 7, (t) => ({ ...at(t), health: '70' }));
    play.hold(7, 8, (t) => ({ ...at(t), health: '10' }));
    expect(play.of('low_health').map((event) => event.detail['health'])).toEqual([24, 10]);
    expect(play.callouts[0]).toMatchObject({ text: 'Low health: 24', priority: 'urgent', category: 'health' });
  });

  it('follows flags, teams and score of a flag match', () => {
    const play = new Play();
    const view = (t: number): Shown => ({ ...at(t), follow_name: 'Sarge' });
    play.hold(0, 1, view);
    play.hold(1, 4, (t) => ({ ...view(t), ...feedLines('Tony got the BLUE flag!', 'Grunt got the RED flag!') }));
    play.hold(4, 7, (t) => ({ ...view(t), ...feedLines('Grunt was railed by Sarge') }));
    play.hold(7, 10, (t) => ({ ...view(t), score_left: '1', ...feedLines('Tony captured the BLUE flag!') }));
    expect(play.of('flag_taken').map((event) => [event.detail['player'], event.detail['flag']])).toEqual([
      ['Tony', 'blue'],
      ['Grunt', 'red'],
    ]);
    expect(play.of('kill')[0]?.detail).toMatchObject({ killer_team: 'red', victim_team: 'blue', by_player: true });
    expect(play.of('score_changed')[0]?.detail).toMatchObject({ side: 'red', from: 0, to: 1 });
    expect(play.last?.game_mode?.name).toBe('capture the flag');
    expect(play.last?.teams).toMatchObject({ player_team: 'red', scores: { red: 1, blue: 0 } });
    expect(play.callouts.map((callout) => callout.text)).toContain('Score 1:0 red');
  });

  it('does not believe a score that shows in one frame only', () => {
    const play = new Play();
    play.hold(0, 2, at);
    play.show(2, { ...at(2), score_left: ['10', 0.97] });
    play.show(2.2, { ...at(2.2), score_right: ['1', 0.8] });
    play.hold(2.4, 5, at);
    expect(play.events).toEqual([]);
    expect(play.last?.teams?.scores).toEqual({ left: 0, right: 0 });
  });
});

describe('MatchTracker: when there is nothing to tell', () => {
  it('says nothing about another game or none', () => {
    const play = new Play();
    for (const profile of [null, 'doom']) {
      for (let t = 0; t < 5; t += 0.2) {
        play.feed(readings(t, { ...HUD, ...feedLines('Grunt was railed by Sarge') }, profile));
      }
    }
    expect(play.events).toEqual([]);
    expect(play.last).toMatchObject({ game: null, game_mode: null, map: null, teams: null, hud: {}, confidence: null });
  });

  it('makes no events of garbage', () => {
    const play = new Play();
    let seed = 11;
    const next = (): number => (seed = (seed * 16_807) % 2_147_483_647);
    const letters = "abcdefghijklmnopqrstuvwxyzABCDEFG0123456789   .:!'|";
    const noise = (): readonly [string, number] => {
      const text = Array.from({ length: 3 + (next() % 30) }, () => letters[next() % letters.length]).join('');
      return [text, (next() % 100) / 100];
    };
    play.hold(0, 60, () => ({
      ...feedLines(noise(), noise(), noise(), noise()),
      center_1: noise(),
      center_2: noise(),
      pickup: noise(),
      scoreboard_title: noise(),
      follow_name: noise(),
    }));
    expect(play.events).toEqual([]);
    expect(play.callouts).toEqual([]);
  });

  it('makes no events of empty frames and never gives the same event twice', () => {
    const play = new Play();
    play.hold(0, 10, {});
    expect(play.events).toEqual([]);
    play.hold(10, 12, (t) => ({ ...at(t), ...feedLines('Grunt was railed by Sarge') }));
    expect(play.tracker.snapshot(1012).events).toEqual([]);
    expect(play.tracker.snapshot(1013).callouts).toEqual([]);
  });

  it('passes over frames that come late', () => {
    const play = new Play();
    play.hold(0, 2, at);
    play.show(1, { ...at(1), health: '7' });
    expect(play.last?.hud['health']).toMatchObject({ value: 100 });
  });
});
