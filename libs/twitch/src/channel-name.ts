import { StreamError } from '@jiga/streams';

const HOSTS = new Set(['twitch.tv', 'www.twitch.tv', 'm.twitch.tv', 'go.twitch.tv']);
const NOT_CHANNELS = new Set(['videos', 'directory', 'clip', 'clips', 'settings', 'search', 'downloads', 'jobs', 'p']);
const INPUT_MAX_CHARS = 200;

/**
 * The login of a channel, from a name, `@name` or the address of its page. Throws {@link StreamError} `invalid_channel`
 * for anything else, before anything is asked of anybody.
 */
export function channelLogin(text: string): string {
  const given = text.length <= INPUT_MAX_CHARS ? text.trim().toLowerCase() : '';
  const login =
    /^https?:\/\//.test(given) || given.includes('twitch.tv/') ? fromAddress(given) : given.replace(/^@/, '');
  if (!/^[a-z0-9_]{1,25}$/.test(login)) throw new StreamError('invalid_channel');
  return login;
}

function fromAddress(given: string): string {
  const url = URL.parse(/^https?:\/\//.test(given) ? given : `https://${given}`);
  if (!url || !HOSTS.has(url.hostname) || url.username || url.password || url.port) return '';
  const [login = '', ...rest] = url.pathname.split('/').filter((part) => part !== '');
  return rest.length > 0 || NOT_CHANNELS.has(login) ? '' : login;
}
