import { newId, type Box, type GameEvent, type GameEventType } from '@jiga/contracts';
import { round } from './field-value.js';

export type EventDetail = Readonly<Record<string, string | number | boolean | null>>;
export type EventEvidence = Readonly<Record<string, string | number | boolean | null | Box>>;

const MAX_WAITING = 200;

/** Events on their way out: each is given out once. */
export class EventLog {
  private waiting: GameEvent[] = [];
  private fresh: GameEvent[] = [];

  add(type: GameEventType, at: number, confidence: number, detail: EventDetail, evidence: EventEvidence): void {
    const event: GameEvent = {
      event_id: newId('event'),
      type,
      timestamp: at,
      confidence: round(confidence),
      detail,
      evidence,
    };
    this.waiting.push(event);
    this.fresh.push(event);
    if (this.waiting.length > MAX_WAITING) this.waiting.shift();
  }

  /** Events since the last call of this method, for those inside the tracker who act on them. */
  takeFresh(): GameEvent[] {
    const taken = this.fresh;
    this.fresh = [];
    return taken;
  }

  /** Events since the last call of this method, for the result. */
  drain(): GameEvent[] {
    const taken = this.waiting;
    this.waiting = [];
    return taken;
  }
}
