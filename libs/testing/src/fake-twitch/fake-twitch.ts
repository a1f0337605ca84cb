import { createHash } from 'node:crypto';

import { FakeChannel } from './fake-channel.js';

export interface FakeRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** What the fake answers; the rest of the members is how a server misbehaves. */
export interface FakeHttpAnswer {
  readonly status: number;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** Nothing is ever answered. */
  readonly hangs?: boolean;
  /** The body comes at this rate. */
  readonly bytesPerSecond?: number;
  /** The connection breaks after so many bytes of the body. */
  readonly breaksAfter?: number;
}

export type FakeStep = 'token' | 'usher' | 'playlist' | 'segment' | 'map';

/** Takes over an answer, or returns null to leave it to the fake. `index` counts requests of that step from 0. */
export type FakeOverride = (request: FakeRequest, index: number) => FakeHttpAnswer | null;

export interface FakeTwitchOptions {
  readonly nowMs: () => number;
  /** Origins that its playlists name; all the same for a fake on loopback. */
  readonly origins: { readonly playlist: string; readonly segment: string };
  /** Bytes of segment n of a rendition; by default a text that a fake decoder knows. */
  readonly media?: (rung: string, n: number, isAd: boolean) => Buffer;
  readonly map?: () => Buffer;
}

const TOKEN_LIFE_MS = 1_200_000;

/** Parts of what the fake hands out that must never be seen outside: for tests that search logs. */
export const FAKE_SECRETS = { address: '203.0.113.77', token: 'fake-token-nonce', dna: 'fake-dna-signature' } as const;

/**
 * Twitch as far as watching a channel needs it: access tokens, usher and a CDN. Knows no sockets: a transport or a
 * server stands before it. Whatever it is asked is in {@link requests}.
 */
export class FakeTwitch {
  readonly requests: { readonly step: FakeStep; readonly atMs: number; readonly url: string; readonly body: string }[] =
    [];
  overrides: Partial<Record<FakeStep, FakeOverride>> = {};
  readonly #channels = new Map<string, FakeChannel>();
  readonly #tokens = new Map<string, { readonly signature: string; readonly expiresMs: number }>();
  /** Members that are merged into the value of tokens, and into the answer around it. */
  tokenValue: Readonly<Record<string, unknown>> = {};
  tokenAnswer: Readonly<Record<string, unknown>> = {};
  #minted = 0;

  constructor(private readonly options: FakeTwitchOptions) {}

  channel(login: string): FakeChannel {
    const known = this.#channels.get(login) ?? new FakeChannel(login, this.options.nowMs);
    this.#channels.set(login, known);
    return known;
  }

  count(step: FakeStep): number {
    return this.requests.filter((request) => request.step === step).length;
  }

  handle(request: FakeRequest): FakeHttpAnswer {
    const step = stepOf(request.url.pathname);
    if (!step) return { status: 404, body: 'not here' };
    const index = this.count(step);
    this.requests.push({ step, atMs: this.options.nowMs(), url: request.url.href, body: request.body });
    const other = this.overrides[step]?.(request, index) ?? null;
    return other ?? this.#answer(step, request);
  }

  #answer(step: FakeStep, request: FakeRequest): FakeHttpAnswer {
    switch (step) {
      case 'token':
        return this.#token(request);
      case 'usher':
        return this.#usher(request.url);
      case 'playlist':
        return this.#playlist(request.url);
      case 'segment':
        return this.#segment(request.url);
      default:
        return { status: 200, body: this.options.map?.() ?? Buffer.from('MAP') };
    }
  }

  #token({ body }: FakeRequest): FakeHttpAnswer {
    const asked = JSON.parse(body) as { query?: string; variables: { login: string } };
    if (!this.#channels.has(asked.variables.login)) return json({ data: { streamPlaybackAccessToken: null } });
    const expiresMs = this.options.nowMs() + TOKEN_LIFE_MS;
    const value = JSON.stringify({
      authorization: { forbidden: false, reason: '' },
      chansub: { restricted_bitrates: [], view_until: 1_924_905_600 },
      channel: asked.variables.login,
      expires: Math.floor(expiresMs / 1000),
      geoblock_reason: '',
      user_ip: FAKE_SECRETS.address,
      version: 3,
      nonce: `${FAKE_SECRETS.token}-${++this.#minted} +&=%`,
      ...this.tokenValue,
    });
    const signature = createHash('sha1').update(value).digest('hex');
    this.#tokens.set(value, { signature, expiresMs });
    const authorization = { isForbidden: false, forbiddenReasonCode: 'NONE' };
    return json({
      data: { streamPlaybackAccessToken: { value, signature, authorization, ...this.tokenAnswer } },
      extensions: { operationName: 'PlaybackAccessToken_Template' },
    });
  }

  #usher(url: URL): FakeHttpAnswer {
    const login = /\/hls\/([^/]+)\.m3u8$/.exec(url.pathname)?.[1] ?? '';
    const token = this.#tokens.get(url.searchParams.get('token') ?? '');
    if (!token || token.signature !== url.searchParams.get('sig')) return usherError(403, 'nauth_token_invalid');
    if (this.options.nowMs() > token.expiresMs) return usherError(403, 'nauth_token_expired');
    const channel = this.#channels.get(login);
    if (!channel || channel.startedMs === null) return usherError(404, 'transcode_does_not_exist');
    const { playlist } = this.options.origins;
    const urlOf = (name: string): string => `${playlist}/v1/playlist/${login}/${name}.m3u8?mint=${this.#minted}`;
    return { status: 200, body: channel.masterPlaylist((rung) => urlOf(rung.group)) };
  }

  #playlist(url: URL): FakeHttpAnswer {
    const [, login = '', rung = ''] = /\/v1\/playlist\/([^/]+)\/([^/]+)\.m3u8$/.exec(url.pathname) ?? [];
    const channel = this.#channels.get(login);
    if (!channel || channel.startedMs === null) return { status: 404 };
    const { segment } = this.options.origins;
    const { extension } = channel;
    const urlOf = (n: number): string =>
      `${segment}/v1/segment/${login}/${rung}/${channel.broadcastId}-${n}.${extension}?dna=${FAKE_SECRETS.dna}`;
    return {
      status: 200,
      body: channel.mediaPlaylist(urlOf),
      headers: { 'content-type': 'application/vnd.apple.mpegurl' },
    };
  }

  #segment(url: URL): FakeHttpAnswer {
    const [, login = '', rung = '', n = ''] =
      /\/v1\/segment\/([^/]+)\/([^/]+)\/\d+-(\d+)\.\w+$/.exec(url.pathname) ?? [];
    const channel = this.#channels.get(login);
    if (!channel) return { status: 404 };
    const isAd = channel.isAd(Number(n));
    const body = this.options.media?.(rung, Number(n), isAd) ?? fakeSegment(Number(n), isAd);
    return { status: 200, body, headers: { 'content-type': 'video/mp2t' } };
  }
}

/** What {@link FakeTwitch} sends where no real media is wanted, and what a fake decoder takes for media. */
export const fakeSegment = (n: number, isAd = false): Buffer =>
  Buffer.from(`${isAd ? 'ADVERT' : 'SEGMENT'} ${n} ${'.'.repeat(1000)}`);

export const usherError = (status: number, code: string): FakeHttpAnswer =>
  json([{ url: '', error: code.replaceAll('_', ' '), error_code: code, type: 'error' }], status);

export const json = (value: unknown, status = 200): FakeHttpAnswer => ({
  status,
  body: JSON.stringify(value),
  headers: { 'content-type': 'application/json' },
});

function stepOf(path: string): FakeStep | null {
  if (path.endsWith('/gql')) return 'token';
  if (/^\/api(\/v2)?\/channel\/hls\//.test(path)) return 'usher';
  if (path.startsWith('/v1/playlist/')) return 'playlist';
  if (path.startsWith('/v1/map/')) return 'map';
  return path.startsWith('/v1/segment/') ? 'segment' : null;
}
