import { newId, SessionState } from '@jiga/contracts';
import type { DomainEventName, DomainEvents, PublicEvent } from '@jiga/contracts';

export type PublicEventMapping<K extends DomainEventName> = (fact: DomainEvents[K]) => readonly PublicEvent[];

/** How each fact of the bus looks to clients; a fact that is not here stays inside. */
export const PUBLIC_EVENT_MAPPINGS: { readonly [K in DomainEventName]?: PublicEventMapping<K> } = {
  'session.state_changed': (fact) => {
    const { from, to, reason, failure } = fact;
    const changed = publicEvent('session.state_changed', fact, { from, to, reason });
    if (to !== SessionState.ERROR) return [changed];
    const data = { reason, message: failure?.message ?? null, attempts: failure?.attempts ?? null };
    return [changed, publicEvent('session.failed', fact, data)];
  },
  'session.configuration_changed': (fact) => [
    publicEvent('session.configuration_changed', fact, { setting: fact.setting, from: fact.from, to: fact.to }),
  ],
  'session.quality_changed': (fact) => {
    const { from, to, reason, p95Ms, targetP95Ms, credit } = fact;
    const data = { from, to, reason, p95_ms: p95Ms, target_p95_ms: targetP95Ms, credit };
    return [publicEvent('quality_changed', fact, data)];
  },
  'session.socket_opened': (fact) => [publicEvent('socket.opened', fact, socketOf(fact))],
  'session.socket_closed': (fact) => [publicEvent('socket.closed', fact, socketOf(fact))],
  'source.event': (fact) => [publicEvent(`source.${fact.type}`, fact, fact.data)],
  'vision.frame_analysed': (fact) => [publicEvent('analysis', fact, fact.result)],
  'vision.game_event': (fact) => [
    { ...publicEvent(`game.${fact.event.type}`, fact, fact.event), event_id: fact.event.event_id },
  ],
  'vision.callout': (fact) => [publicEvent('callout', fact, fact.callout)],
  'team.message': (fact) => [publicEvent('team_message', fact, fact.message)],
  'voice.transcript': (fact) => [publicEvent('transcript', fact, transcriptOf(fact))],
  'voice.response': (fact) => [publicEvent('voice_response', fact, responseOf(fact))],
  'budget.warning': (fact) => [publicEvent('budget.warning', fact, spending(fact))],
  'budget.degraded': (fact) => [publicEvent('budget.degraded', fact, spending(fact))],
  'budget.spent': (fact) => [publicEvent('budget.spent', fact, spending(fact))],
};

function publicEvent(type: string, fact: { readonly sessionId: string; readonly at: number }, data: object) {
  return { event_id: newId('event'), type, timestamp: fact.at, session_id: fact.sessionId, data };
}

const socketOf = ({ socket, connectionId }: DomainEvents['session.socket_opened']) => ({
  socket,
  connection_id: connectionId,
});

const spending = ({ dimension, limit, spent }: DomainEvents['budget.warning']) => ({ dimension, limit, spent });

const transcriptOf = (fact: DomainEvents['voice.transcript']) => ({
  utterance_id: fact.utteranceId,
  role: fact.role,
  text: fact.text,
  accepted: fact.isAccepted,
  confidence: fact.confidence,
  source: fact.source,
});

const responseOf = (fact: DomainEvents['voice.response']) => ({
  response_id: fact.responseId,
  utterance_id: fact.utteranceId,
  kind: fact.kind,
  text: fact.text,
  known: fact.isKnown,
  source: fact.source,
});
