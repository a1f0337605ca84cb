import { describe, expect, it } from '@jest/globals';
import type { Callout, GameEvent, HudValue, VisionResult } from '@jiga/contracts';
import { calloutLine, clipTime, colours, eventLine, noColours, stateLine, summarise, summaryLines } from './feed.js';
import type { FrameRecord } from './replay.js';

const value = (text: string | null, more: Partial<HudValue> = {}): HudValue => ({
  value: text === null ? null : Number(text),
  text,
  confidence: 1,
  box: null,
  age_ms: 0,
  ...more,
});
const result = {
  game: { id: 'openarena', name: 'OpenArena', confidence: 1, phase: 'playing' },
  game_mode: { name: 'capture the flag', confidence: 1, evidence: '' },
  teams: { player_team: 'red', scores: { red: 1, blue: 0 }, players: [] },
  hud: { health: value('85'), ammo: null, armor: value(null, { unreadable: true }), weapon: value(null) },
  events: [],
} as unknown as VisionResult;

describe('the feed', () => {
  it('shows what was read, a question mark for what could not be, and nothing for what is not there', () => {
    expect(stateLine(result, 7.42, 31.2, noColours)).toBe(
      '00:07.4  OpenArena, capture the flag  health 85  armor ?  red 1 : blue 0  31 ms',
    );
  });

  it('does not name a game that is not known', () => {
    expect(stateLine({ ...result, game: null, game_mode: null, teams: null, hud: {} }, 0, 5, noColours)).toBe(
      '00:00.0  game not known yet  5.0 ms',
    );
  });

  it('tells of kills, other events and callouts', () => {
    const kill = { type: 'kill', detail: { killer: 'Sarge', victim: 'Beret', weapon: 'railgun', by_player: true } };
    const fall = { type: 'kill', detail: { killer: null, victim: 'Grunt', weapon: 'lava' } };
    const unread = { type: 'kill', detail: { killer: null, victim: 'Grunt', weapon: null } };
    const own = { type: 'kill', detail: { killer: null, victim: 'Grunt', weapon: null, by_player: true } };
    const flag = { type: 'flag_taken', detail: { flag: 'blue', player: 'Tony', of_player: false } };
    const lines = [kill, fall, unread, own, flag].map((event) =>
      eventLine(event as unknown as GameEvent, 61, noColours),
    );
    expect(lines).toEqual([
      '01:01.0    ● kill  Sarge → Beret (railgun)',
      '01:01.0    ● kill  the world → Grunt (lava)',
      '01:01.0    ● kill  someone → Grunt',
      '01:01.0    ● kill  the player → Grunt',
      '01:01.0    ● flag taken  flag blue  player Tony',
    ]);
    const callout = { text: 'Fall back.', priority: 'urgent' } as Callout;
    expect(calloutLine(callout, 3, noColours)).toBe('00:03.0    ▶ Fall back.');
    expect(calloutLine(callout, 3, colours)).toContain('\u001b[31m');
  });

  it('writes clip times in tenths', () => {
    expect([0, 9.96, 61.04, 600].map(clipTime)).toEqual(['00:00.0', '00:10.0', '01:01.0', '10:00.0']);
  });

  it('sums up what was sent, found and lost', () => {
    const record = (outcome: FrameRecord['outcome'], ms: number): FrameRecord => {
      return { sourceFrame: 0, timeSeconds: 0, sentAtMs: 1000, answeredAtMs: 1000 + ms, outcome };
    };
    const withEvent = { ...result, events: [{ type: 'kill' }] } as unknown as VisionResult;
    const records = [
      record({ status: 'result', result: withEvent }, 10),
      record({ status: 'result', result }, 30),
      record({ status: 'dropped', reason: 'superseded' }, 1),
    ];
    const summary = summarise(records, 4, {
      server: { p50Ms: 0.1, p99Ms: 3.2, maxMs: 12 },
      idleThread: { p50Ms: 0, p99Ms: 1, maxMs: 11 },
    });
    expect(summary).toMatchObject({ frames: 3, answered: 2, events: { kill: 1 }, latencyMs: { p50: 10, p95: 30 } });
    expect(summaryLines(summary, noColours).join('\n')).toBe(
      [
        'Summary',
        '  frames    3 sent, 2 analysed (1 dropped: superseded)',
        '  events    1 kill',
        '  callouts  4',
        '  latency   p50 10 ms, p95 30 ms from sending a frame to its result',
        '  server    event loop held up: p99 3.2 ms, longest 12 ms (an idle thread beside it: p99 1.0 ms, longest 11 ms)',
      ].join('\n'),
    );
  });
});
