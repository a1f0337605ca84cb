import { hostPattern, httpUrl, integer, listOf, oneOf, secret, text } from './parsers.js';
import { optional, required } from './variable.js';

/** Settings of the streams that the server fetches itself. */
export const STREAM_VARIABLES = {
  JIGA_STREAM_ALLOWED_HOSTS: optional(
    listOf(hostPattern),
    "Hosts, separated by commas, that streams may be fetched from besides the services' own; a name that is written out may be private and use http, one that begins with a dot stands for all below it.",
  ),
  JIGA_RETRY_DELAY_MS: required(
    '5000',
    integer(1, 600_000),
    'First wait between attempts to connect to a stream, in milliseconds; each further one is 1.5 times as long.',
  ),
  JIGA_STREAM_RECONNECT_WINDOW_S: required(
    '600',
    integer(1, 86_400),
    'How long a stream that was up is connected again, in seconds; then the session fails.',
  ),
  JIGA_STREAM_FILES_DIR: optional(
    text,
    'Directory below which a session may name a file as its stream_url; without it, only the bundled samples can be played.',
  ),
  JIGA_YOUTUBE_FINDERS: required(
    'youtubei,yt-dlp,streamlink',
    listOf(oneOf(['youtubei', 'yt-dlp', 'streamlink'])),
    'How YouTube broadcasts are found, in this order: youtubei (built in), yt-dlp (needs JIGA_YTDLP_PATH), streamlink (needs JIGA_STREAMLINK_PATH). Best effort: YouTube documents none of them.',
  ),
  JIGA_YTDLP_PATH: optional(text, 'A current yt-dlp that finds YouTube broadcasts.'),
  JIGA_FFMPEG_PATH: optional(text, 'The ffmpeg that decodes streams and clips; without it one is looked for.'),
  JIGA_TWITCH_GQL_URL: required(
    'https://gql.twitch.tv/gql',
    httpUrl,
    'Where Twitch gives access tokens: the whole URL.',
  ),
  JIGA_TWITCH_USHER_URL: required(
    'https://usher.ttvnw.net',
    httpUrl,
    'Where Twitch gives the playlists of a channel: the origin, to which the path is appended.',
  ),
  JIGA_TWITCH_CLIENT_ID: required(
    'kimne78kx3ncx6brgo4mv6wki5h1ko',
    text,
    'The Client-ID that access tokens are asked with.',
  ),
  JIGA_TWITCH_QUERY_HASH: required(
    'ed230aa1e33e07eebb8928504583da78a5173989fadfb1ac94be06a04f3cdbe9',
    text,
    'Hash of the stored query for access tokens, used when Twitch refuses the query itself.',
  ),
  JIGA_TWITCH_OAUTH_TOKEN: optional(
    secret(16),
    'The `auth-token` of a Twitch account, for its subscriptions; it gives full access to the account. Without it streams are watched anonymously.',
  ),
  JIGA_TWITCH_TOKENS_PER_MINUTE: required(
    '30',
    integer(1, 10_000),
    'Access tokens that the server asks Twitch for in a minute, a third of them at once; further connections wait.',
  ),
  JIGA_STREAMLINK_PATH: optional(
    text,
    'A streamlink (8.2.1 or newer) that finds Twitch streams when Twitch refuses the server itself, and YouTube broadcasts when nothing else does.',
  ),
} as const;
