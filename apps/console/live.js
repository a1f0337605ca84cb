// One session as it happens: its state, what is seen in it, what happened.
import { call, connect } from './api.js';
import { $, add, element, showError } from './page.js';
import { talk } from './talk.js';

const HISTORY_SECONDS = 600;

const clock = (seconds) => element('time', new Date(seconds * 1000).toLocaleTimeString());
const withoutNulls = (_name, value) => value ?? undefined;
const plain = (value) => (typeof value === 'object' ? JSON.stringify(value, withoutNulls) : String(value));

/** Shows a session until the function that is returned is called; `onState` hears that its state has changed. */
export function watch(session, onState) {
  const { session_id: id } = session;
  let lastEventId = null;
  let events = null;
  let isOver = false;

  for (const list of ['hud', 'answers', 'callouts', 'timeline']) $(list).replaceChildren();
  $('live').hidden = false;
  $('live-title').textContent = `Live: ${id}`;
  $('state').textContent = session.state;
  $('link').textContent = 'connecting';
  const stopTalking = talk(session);
  $('live').focus();

  const onEvent = (event) => {
    if (event.event_id === undefined) return;
    lastEventId = event.event_id;
    const { type, timestamp, data } = event;
    if (type === 'analysis') return showHud(data);
    if (type === 'session.state_changed') {
      $('state').textContent = data.to;
      if (events) onState();
    }
    if (type === 'callout') add('callouts', data.priority, clock(timestamp), data.text);
    add('timeline', '', clock(timestamp), element('strong', type), ` ${summary(type, data)}`);
  };

  const follow = async () => {
    let page = `since=${Math.floor(Date.now() / 1000) - HISTORY_SECONDS}`;
    while (page) {
      const { items, next_cursor } = await call('GET', `sessions/${id}/events?limit=1000&${page}`);
      if (isOver) return;
      items.forEach(onEvent);
      page = next_cursor && items.length === 1000 && `cursor=${next_cursor}`;
    }
    events = connect(`sessions/${id}/events/stream`, {
      query: () => (lastEventId ? `?resume_from=${lastEventId}` : ''),
      onMessage: onEvent,
      onState: (state) => ($('link').textContent = state),
    });
  };
  follow().catch(showError);

  return () => {
    isOver = true;
    events?.close();
    stopTalking();
  };
}

function showHud({ game, game_mode, teams, tactical, hud, confidence }) {
  const known = Object.entries(hud ?? {}).filter(([, value]) => value !== null);
  const rows = [
    ['game', game && `${game.name} (${game.phase})`],
    ['mode', game_mode?.name],
    [
      'scores',
      teams?.scores &&
        Object.entries(teams.scores)
          .map(([team, score]) => `${team} ${score ?? '?'}`)
          .join(', '),
    ],
    ...known.map(([name, { value, text, unreadable }]) => [name, unreadable ? 'unreadable' : (text ?? value)]),
    ['situation', tactical?.situation],
    ['confidence', typeof confidence === 'number' ? `${Math.round(confidence * 100)} %` : null],
  ];
  $('hud').replaceChildren(
    ...rows.flatMap(([name, value]) => [element('dt', name.replaceAll('_', ' ')), element('dd', plain(value ?? '–'))]),
  );
}

function summary(type, data) {
  if (data.text) return data.text;
  if (type === 'session.state_changed') return `${data.from} → ${data.to}: ${data.reason}`;
  const fields = Object.entries(data.detail ?? data).filter(([, value]) => value !== null);
  return fields.map(([name, value]) => `${name} ${plain(value)}`).join(', ');
}
