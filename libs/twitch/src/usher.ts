import { StreamError, type HostList, type StreamErrorCode, type StreamHttp, type StreamResponse } from '@jiga/streams';

import { PLAYER_HEADERS, type AccessToken } from './access-token.js';

export interface UsherOptions {
  readonly http: StreamHttp;
  /** Origin, without a trailing slash. */
  readonly usherUrl: string;
  readonly hosts: HostList;
  /** 0–1 */
  readonly random: () => number;
}

/** What usher answered: a multivariant playlist, or that the token is too old. */
export type UsherAnswer =
  { readonly kind: 'playlist'; readonly text: string; readonly url: string } | { readonly kind: 'token_expired' };

const MASTER_MAX_BYTES = 1024 * 1024;
const TIMEOUT_MS = 10_000;

const REFUSALS: Readonly<Record<string, StreamErrorCode>> = {
  content_geoblocked: 'geo_blocked',
  unauthorized_entitlements: 'subscriber_only',
  vod_manifest_restricted: 'subscriber_only',
  subscriptions_restricted: 'subscriber_only',
  nauth_token_restricted: 'forbidden',
  transcode_does_not_exist: 'offline',
};

/** Asks usher for the renditions of a live channel. Throws {@link StreamError}. */
export async function askUsher(
  options: UsherOptions,
  login: string,
  token: AccessToken,
  signal: AbortSignal,
): Promise<UsherAnswer> {
  const { http, hosts } = options;
  const url = addressOf(options, login, token);
  const limits = { maxBytes: MASTER_MAX_BYTES, timeoutMs: TIMEOUT_MS };
  const answer = await http.fetch({ url, hosts, headers: PLAYER_HEADERS, ...limits }, signal);
  if (answer.status === 200) return { kind: 'playlist', text: answer.body.toString('utf8'), url: answer.url };
  return refusal(answer);
}

function addressOf({ usherUrl, random }: UsherOptions, login: string, token: AccessToken): string {
  const query = new URLSearchParams({
    platform: 'web',
    p: String(Math.floor(random() * 999_999)),
    allow_source: 'true',
    allow_audio_only: 'true',
    playlist_include_framerate: 'true',
    supported_codecs: 'h264',
    fast_bread: 'True',
    sig: token.signature,
    token: token.value,
  });
  // URLSearchParams writes a space as +, which not everything reads as one.
  const text = query.toString().replaceAll('+', '%20');
  return `${usherUrl}/api/v2/channel/hls/${encodeURIComponent(login)}.m3u8?${text}`;
}

function refusal({ status, body }: StreamResponse): UsherAnswer {
  const code = errorCodeOf(body.toString('utf8'));
  // A token is renewed once for any refusal that another one might lift.
  if (code === 'nauth_token_expired') return { kind: 'token_expired' };
  const known = code === null ? undefined : REFUSALS[code];
  if (known) throw new StreamError(known, { status });
  if (status === 404) throw new StreamError('offline', { status });
  if (status === 429 || status >= 500) throw new StreamError('upstream', { status });
  return { kind: 'token_expired' };
}

/** Of `[{"error_code": …}]`; null for any other text. */
function errorCodeOf(text: string): string | null {
  try {
    const answer: unknown = JSON.parse(text);
    const first: unknown = Array.isArray(answer) ? answer[0] : answer;
    if (typeof first !== 'object' || first === null || !('error_code' in first)) return null;
    return typeof first.error_code === 'string' ? first.error_code : null;
  } catch {
    return null;
  }
}
