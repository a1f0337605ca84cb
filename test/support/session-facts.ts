import { newId } from '@jiga/contracts';
import type { Callout, GameEvent, TeamMessage, VisionResult } from '@jiga/contracts';
import { EventBus } from '@jiga/platform';

import type { TestServer } from './start-test-server.js';

/** Publishes facts about a session on a test server's bus, as vision does. */
export class SessionFacts {
  readonly #bus: EventBus;

  constructor(
    server: TestServer,
    private readonly sessionId: string,
  ) {
    this.#bus = server.server.app.get(EventBus);
  }

  /** A callout that is known by its text. */
  callout(text: string): void {
    const at = Date.now() / 1000;
    const callout: Callout = {
      callout_id: newId('callout'),
      text,
      priority: 'info',
      category: 'test',
      timestamp: at,
      expires_at: at + 5,
      reason: 'test',
    };
    this.#bus.publish('vision.callout', { sessionId: this.sessionId, at, callout });
  }

  kill(victim: string): void {
    const at = Date.now() / 1000;
    const detail = { killer: 'me', victim };
    const event: GameEvent = {
      event_id: newId('event'),
      type: 'kill',
      timestamp: at,
      confidence: 1,
      detail,
      evidence: {},
    };
    this.#bus.publish('vision.game_event', { sessionId: this.sessionId, at, event });
  }

  teamMessage(text: string): void {
    const at = Date.now() / 1000;
    const message: TeamMessage = {
      message_id: newId('message'),
      team_id: 'red',
      from_session_id: this.sessionId,
      from_user_id: 'tester',
      text,
      priority: 'important',
      created_at: at,
    };
    this.#bus.publish('team.message', { sessionId: this.sessionId, at, message });
  }

  /** An analysis whose heavy stage ran, or did not. */
  analysis(id: string, isHeavy: boolean): void {
    const result = {
      analysis_id: id,
      metadata: { stages_ms: { decode: 1, ...(isHeavy && { heavy: 80 }) } },
    } as unknown as VisionResult;
    this.#bus.publish('vision.frame_analysed', { sessionId: this.sessionId, at: Date.now() / 1000, result });
  }
}
