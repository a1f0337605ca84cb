import { Logger } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { beforeAll, describe, expect, it } from '@jest/globals';

import { SessionState } from '@jiga/contracts';
import type { GameEvent, PublicEvent } from '@jiga/contracts';
import { VirtualClock } from '@jiga/testing';

import { EventBus } from './event-bus.js';
import { PublicEventFeed } from './public-event-feed.js';

const KILL: GameEvent = { event_id: 'evt_kill', type: 'kill', timestamp: 9, confidence: 0.9, detail: {}, evidence: {} };

function setUp() {
  const bus = new EventBus(new EventEmitter2(), new VirtualClock());
  const feed = new PublicEventFeed(bus);
  const events: PublicEvent[] = [];
  const unsubscribe = feed.subscribe((event) => void events.push(event));
  return { bus, feed, events, unsubscribe };
}

beforeAll(() => Logger.overrideLogger(false));

describe('PublicEventFeed', () => {
  it('tells a failed session as a change of state and as a failure', () => {
    const { bus, events } = setUp();
    const failure = { message: 'the channel is offline', attempts: 3 };
    const fact = { sessionId: 'sess_1', at: 5, from: SessionState.CONNECTING, to: SessionState.ERROR, failure };
    bus.publish('session.state_changed', { ...fact, reason: 'twitch_unreachable' });
    expect(events.map(({ type }) => type)).toEqual(['session.state_changed', 'session.failed']);
    expect(events[1]).toMatchObject({
      session_id: 'sess_1',
      timestamp: 5,
      data: { reason: 'twitch_unreachable', message: 'the channel is offline', attempts: 3 },
    });
    expect(events[0]?.event_id).not.toBe(events[1]?.event_id);
  });

  it('gives every listener the same event under the same id', () => {
    const { bus, feed, events } = setUp();
    const seen: PublicEvent[] = [];
    feed.subscribe((event) => void seen.push(event));
    bus.publish('vision.game_event', { sessionId: 'sess_1', at: 5, event: KILL });
    expect(events).toEqual([
      { event_id: 'evt_kill', type: 'game.kill', timestamp: 5, session_id: 'sess_1', data: KILL },
    ]);
    expect(seen[0]).toBe(events[0]);
  });

  it('keeps a failing listener from harming the others, and tells nobody who has left', () => {
    const { bus, feed, events, unsubscribe } = setUp();
    feed.subscribe(() => {
      throw new Error('listener');
    });
    const later: PublicEvent[] = [];
    feed.subscribe((event) => void later.push(event));
    bus.publish('vision.game_event', { sessionId: 'sess_1', at: 5, event: KILL });
    unsubscribe();
    bus.publish('vision.game_event', { sessionId: 'sess_1', at: 6, event: KILL });
    expect([events.length, later.length]).toEqual([1, 2]);
  });
});
