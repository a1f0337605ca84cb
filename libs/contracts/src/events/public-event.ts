/** A fact as clients see it: on the timeline, the event stream and in webhooks. `timestamp` is Unix seconds. */
export interface PublicEvent {
  readonly event_id: string;
  readonly type: string;
  readonly timestamp: number;
  /** null for what concerns no session, such as a webhook's test ping. */
  readonly session_id: string | null;
  readonly data: object;
}

/** Every type of public event with what it tells. A name that ends in `.*` stands for a family. */
export const PUBLIC_EVENT_TYPES = {
  'session.state_changed': 'The session went from one state to another; `data.reason` says why.',
  'session.failed': 'The session ended in the state `error`; `data.reason` says why.',
  'session.configuration_changed': 'Skills, model provider or voice settings were replaced and are in effect.',
  quality_changed:
    'Less is done for each frame so that answers keep their target, or more again; `data.reason` says why.',
  'socket.opened': 'A client connected a socket that carries media.',
  'socket.closed': 'That socket has ended, by whichever side.',
  'source.connected': 'The stream that the session ingests is up: pictures come.',
  'source.ad_break': 'The stream shows advertisements, which are not analysed.',
  'source.resumed': 'Pictures of the game come again, after advertisements, a stall or a new connection.',
  'source.stalled': 'Nothing new has come from the stream for a while.',
  'source.reconnecting': 'The stream is being connected anew; `data.cause` says why.',
  'source.variant_changed': 'Another rendition of the stream is read from now on.',
  'source.ended': 'The stream is over.',
  'budget.warning': 'A first part of the session’s budget is spent.',
  'budget.degraded': 'Nearly all of the budget is spent: local models work from now on wherever they can.',
  'budget.spent': 'The budget is spent; the session ends.',
  analysis: 'A frame was analysed; `data` is the whole result.',
  'game.*': 'Something happened in the game, such as `game.kill` or `game.score_changed`.',
  callout: 'JIGA has something to say to the player.',
  team_message: 'A message from a member of the team.',
  transcript:
    'Somebody has spoken; `data.role` tells the player from a broadcast, `data.accepted` whether it was understood.',
  voice_response: 'JIGA has answered the player.',
} as const satisfies Readonly<Record<string, string>>;

const FAMILY = /^[a-z]+\.\*$/;

/** Whether `filter` can be asked for: a type of the catalogue, a family such as `session.*`, or a member of one. */
export function isEventTypeFilter(filter: string): boolean {
  if (Object.hasOwn(PUBLIC_EVENT_TYPES, filter)) return true;
  const known = Object.keys(PUBLIC_EVENT_TYPES);
  if (FAMILY.test(filter)) return known.some((type) => type.startsWith(filter.slice(0, -1)));
  return known.some(
    (type) => type.endsWith('.*') && filter.startsWith(type.slice(0, -1)) && /^[a-z0-9_.]+$/.test(filter),
  );
}

/** Whether an event of this type passes the filters: an exact type, or a family such as `game.*`. */
export function passesEventFilters(filters: readonly string[], type: string): boolean {
  return filters.some((filter) => (filter.endsWith('.*') ? type.startsWith(filter.slice(0, -1)) : filter === type));
}
