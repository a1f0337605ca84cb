import { StreamError, type HostList, type StreamHttp, type StreamResponse } from '@jiga/streams';

export interface AccessToken {
  /** Signed by Twitch: goes on byte for byte. Holds this server's address. */
  readonly value: string;
  readonly signature: string;
  /** Renditions that this viewer may not have. */
  readonly restricted: ReadonlySet<string>;
}

export interface AccessTokenOptions {
  readonly http: StreamHttp;
  readonly gqlUrl: string;
  readonly clientId: string;
  readonly queryHash: string;
  readonly oauthToken: string | null;
  readonly hosts: HostList;
  /** Twitch did not take one of the ways of asking. */
  readonly onRefused?: (query: TokenQuery) => void;
}

/** How a token is asked for: with the query itself, or with the hash of a stored one. */
export type TokenQuery = 'inline' | 'stored';

const BODY_MAX_BYTES = 64 * 1024;
const TIMEOUT_MS = 10_000;
/** Twitch has refused tokens to a browser's name over a connection that is not that browser's; this one it takes. */
const USER_AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
/** Sent with every request to Twitch. */
export const PLAYER_HEADERS = {
  'user-agent': USER_AGENT,
  referer: 'https://player.twitch.tv',
  origin: 'https://player.twitch.tv',
} as const;

const QUERY = `query PlaybackAccessToken_Template($login:String!,$isLive:Boolean!,$vodID:ID!,$isVod:Boolean!,$playerType:String!,$platform:String!){
streamPlaybackAccessToken(channelName:$login,params:{platform:$platform,playerBackend:"mediaplayer",playerType:$playerType})@include(if:$isLive){value signature authorization{isForbidden forbiddenReasonCode}}
videoPlaybackAccessToken(id:$vodID,params:{platform:$platform,playerBackend:"mediaplayer",playerType:$playerType})@include(if:$isVod){value signature}}`;

/** Statuses whose body says what is the matter. */
const TELLING_STATUS = new Set([200, 400, 401, 403]);
/** Of the list of restricted renditions: these are not renditions. */
const NOT_A_RENDITION = /chunked|live|archives$/i;

type Json = Readonly<Record<string, unknown>>;

/**
 * Asks Twitch for the right to watch a channel: with the query itself, and with the hash of a stored one where Twitch does
 * not take that. Throws {@link StreamError}.
 */
export async function mintAccessToken(
  options: AccessTokenOptions,
  login: string,
  signal: AbortSignal,
): Promise<AccessToken> {
  const inline = {
    operationName: 'PlaybackAccessToken_Template',
    query: QUERY,
    variables: variables(login, 'site', 'web'),
  };
  const first = await ask(options, inline, signal);
  if (!isQueryRefused(first)) return readToken(first);
  options.onRefused?.('inline');
  const stored = {
    operationName: 'PlaybackAccessToken',
    extensions: { persistedQuery: { version: 1, sha256Hash: options.queryHash } },
    variables: variables(login, 'embed', 'site'),
  };
  const second = await ask(options, stored, signal);
  if (isQueryRefused(second)) options.onRefused?.('stored');
  return readToken(second);
}

const variables = (login: string, playerType: string, platform: string): Json => ({
  isLive: true,
  login,
  isVod: false,
  vodID: '',
  playerType,
  platform,
});

async function ask(options: AccessTokenOptions, operation: Json, signal: AbortSignal): Promise<Json> {
  const { http, gqlUrl, clientId, oauthToken, hosts } = options;
  const authorization = oauthToken === null ? {} : { authorization: `OAuth ${oauthToken}` };
  const headers = { ...PLAYER_HEADERS, 'client-id': clientId, 'content-type': 'application/json', ...authorization };
  const limits = { maxBytes: BODY_MAX_BYTES, timeoutMs: TIMEOUT_MS };
  const body = JSON.stringify(operation);
  return parsed(await http.fetch({ url: gqlUrl, hosts, method: 'POST', headers, body, ...limits }, signal));
}

function parsed({ status, body }: StreamResponse): Json {
  if (status === 401) throw new StreamError('auth_invalid', { status });
  if (!TELLING_STATUS.has(status)) throw new StreamError('upstream', { status });
  try {
    const answer: unknown = JSON.parse(body.toString('utf8'));
    const one: unknown = Array.isArray(answer) ? answer[0] : answer;
    if (isObject(one)) return one;
  } catch {
    // Told below, without what was sent.
  }
  throw new StreamError('upstream', { status });
}

/** Twitch does not know the stored query, or does not take this one: another way of asking may do. */
function isQueryRefused(answer: Json): boolean {
  const messages = errorMessages(answer);
  const isOther = messages.some((message) => /integrity/i.test(message));
  return messages.length > 0 && !isOther && !isObject(answer['data']);
}

function readToken(answer: Json): AccessToken {
  if (errorMessages(answer).some((message) => /integrity/i.test(message))) throw new StreamError('integrity_required');
  if (typeof answer['error'] === 'string') throw new StreamError('auth_invalid');
  const { data } = answer;
  if (!isObject(data)) throw new StreamError('upstream');
  const token = data['streamPlaybackAccessToken'];
  // Errors beside it mean that Twitch could not tell, not that there is no such channel.
  if (token === null && errorMessages(answer).length === 0) throw new StreamError('not_found');
  if (!isObject(token)) throw new StreamError('upstream');
  const { value, signature } = token;
  if (typeof value !== 'string' || typeof signature !== 'string') throw new StreamError('upstream');
  const rights = rightsOf(value);
  checkRights(token['authorization'], rights);
  return { value, signature, restricted: restrictedOf(rights) };
}

const errorMessages = ({ errors }: Json): string[] =>
  Array.isArray(errors) ? errors.map((error: unknown) => (isObject(error) ? String(error['message']) : '')) : [];

function rightsOf(value: string): Json {
  try {
    const rights: unknown = JSON.parse(value);
    if (isObject(rights)) return rights;
  } catch {
    // It is only read for what it says; Twitch reads it itself.
  }
  return {};
}

function checkRights(authorization: unknown, rights: Json): void {
  const outer = isObject(authorization) ? authorization : {};
  const inner = isObject(rights['authorization']) ? rights['authorization'] : {};
  if (outer['isForbidden'] !== true && inner['forbidden'] !== true) return;
  const geoblock = rights['geoblock_reason'];
  if (typeof geoblock === 'string' && geoblock !== '') throw new StreamError('geo_blocked');
  const reason = `${String(outer['forbiddenReasonCode'])} ${String(inner['reason'])}`;
  throw new StreamError(
    /ENTITLEMENT|SUB/i.test(reason) ? 'subscriber_only' : /GEO/i.test(reason) ? 'geo_blocked' : 'forbidden',
  );
}

function restrictedOf(rights: Json): ReadonlySet<string> {
  const chansub = rights['chansub'];
  const names =
    isObject(chansub) && Array.isArray(chansub['restricted_bitrates']) ? chansub['restricted_bitrates'] : [];
  return new Set(names.filter((name) => typeof name === 'string' && !NOT_A_RENDITION.test(name)) as string[]);
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
