// The page: the key, the sessions, and which of them is watched.
import { call, key } from './api.js';
import { watch } from './live.js';
import { $, element, showError } from './page.js';

const PAGE = 20;
const SAMPLE = 'sample:openarena-ctf';
const ENDED = new Set(['closing', 'closed', 'error']);
let stopWatching = () => {};
let nextCursor = null;

/** Does it, and tells what goes wrong. */
const attempt = async (deed) => {
  showError(null);
  try {
    await deed();
  } catch (error) {
    showError(error);
    if (error.code === 'unauthenticated') forget();
  }
};

function forget() {
  key.forget();
  stopWatching();
  $('live').hidden = $('work').hidden = true;
  $('key').hidden = false;
  $('key-input').focus();
}

async function begin() {
  const { items } = await call('GET', 'games');
  const games = [['auto', 'Find out'], ...items.map(({ id, name }) => [id, name])];
  $('new-form').elements.game.replaceChildren(...games.map(([id, name]) => new Option(name, id)));
  await list();
  $('key').hidden = true;
  $('work').hidden = false;
}

async function list(cursor = null) {
  const page = await call('GET', `sessions?limit=${PAGE}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);
  const rows = page.items.map(row);
  if (cursor) $('sessions').append(...rows);
  else $('sessions').replaceChildren(...rows);
  nextCursor = page.next_cursor;
  $('more').hidden = !nextCursor;
}

function row(session) {
  const { session_id: id, state, created_at, configuration } = session;
  const name = element('code', id.slice(0, 13), '…');
  name.title = id;
  const actions = [button('Watch', id, () => show(session))];
  if (!ENDED.has(state)) actions.push(button('Close', id, () => end(id)));
  const created = new Date(created_at * 1000).toLocaleString();
  const cells = [name, configuration.user_id, configuration.video_input_source, state, created];
  return element('tr', ...cells.map((cell) => element('td', cell)), element('td', ...actions));
}

const onClick = (target, deed) => target.addEventListener('click', () => void attempt(deed));

function button(text, id, deed) {
  const made = element('button', text);
  made.type = 'button';
  made.setAttribute('aria-label', `${text} ${id}`);
  onClick(made, deed);
  return made;
}

function show(session) {
  stopWatching();
  stopWatching = watch(session, () => void attempt(() => list()));
}

async function end(id) {
  await call('DELETE', `sessions/${id}`);
  await list();
}

async function create() {
  const { user_id, game, source, channel, high_speed } = $('new-form').elements;
  const sources = {
    sample: { video_input_source: 'stream_url', video_source_config: { url: SAMPLE } },
    direct_screen: { video_input_source: 'direct_screen' },
    twitch: { video_input_source: 'twitch', video_source_config: { channel_name: channel.value } },
  };
  const session = await call('POST', 'sessions', {
    user_id: user_id.value,
    game: game.value,
    high_speed_vision: high_speed.checked,
    voice_chat_enabled: true,
    voice_chat_config: { response_type: 'text' },
    ...sources[source.value],
  });
  show(session);
  await list();
}

const onSubmit = (form, deed) =>
  $(form).addEventListener('submit', (event) => {
    event.preventDefault();
    void attempt(deed);
  });

onSubmit('key-form', () => {
  key.set($('key-input').value.trim());
  $('key-input').value = '';
  return begin();
});
onSubmit('new-form', create);
$('new-form').elements.source.addEventListener('change', ({ target }) => {
  const isTwitch = target.value === 'twitch';
  $('channel').hidden = !isTwitch;
  $('new-form').elements.channel.required = isTwitch;
});
onClick($('refresh'), () => list());
onClick($('more'), () => list(nextCursor));
onClick($('forget'), forget);
if (key.get()) void attempt(begin);
