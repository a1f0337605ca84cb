import { unixSeconds, type Clock } from '@jiga/contracts';
import {
  chooseVariant,
  parseMasterPlaylist,
  StreamError,
  type HostList,
  type ResolvedHls,
  type StreamHttp,
  type StreamResolver,
} from '@jiga/streams';

import { mintAccessToken, PLAYER_HEADERS, type TokenQuery } from './access-token.js';
import type { TokenBudget } from './token-budget.js';
import { TWITCH_ADS } from './twitch-ads.js';
import { askUsher, type UsherAnswer } from './usher.js';

/** How Twitch is asked; the same for every channel. */
export interface TwitchService {
  readonly clock: Clock;
  readonly http: StreamHttp;
  readonly budget: TokenBudget;
  readonly gqlUrl: string;
  readonly usherUrl: string;
  readonly clientId: string;
  readonly queryHash: string;
  readonly oauthToken: string | null;
  /** From JIGA_STREAM_ALLOWED_HOSTS. */
  readonly allowedHosts: readonly string[];
  /** 0–1 */
  readonly random: () => number;
  /** Twitch did not take one of the ways of asking for a token. */
  readonly onRefused?: (query: TokenQuery) => void;
}

export interface TwitchWish {
  readonly login: string;
  readonly quality: string;
  /** Height of the pictures that are looked at. */
  readonly height: number;
}

/** Hosts of Twitch's own that streams come from. */
export const TWITCH_HOSTS = ['gql.twitch.tv', '.ttvnw.net', '.live-video.net'] as const;
/** A playlist lives for a day; it is renewed before. */
export const PLAYLIST_LIFE_S = 23 * 3600;

/** Finds a live channel's playlist the way Twitch's own player does: a token, then usher, then a rendition. */
export class TwitchResolver implements StreamResolver {
  readonly service = 'twitch';
  readonly #hosts: HostList;

  constructor(
    private readonly twitch: TwitchService,
    private readonly wish: TwitchWish,
  ) {
    this.#hosts = { builtIn: TWITCH_HOSTS, named: twitch.allowedHosts };
  }

  async resolve(signal: AbortSignal): Promise<ResolvedHls> {
    const askedAt = unixSeconds(this.twitch.clock);
    const { restricted, answer } = await this.#ask(signal);
    const master = parseMasterPlaylist(answer.text);
    const { rung, variant } = chooseVariant(master.rungs, { ...this.wish, restricted });
    const mediaPlaylistUrl = URL.parse(rung.uri, answer.url)?.href;
    if (mediaPlaylistUrl === undefined) throw new StreamError('playlist_invalid');
    const now = unixSeconds(this.twitch.clock);
    return {
      kind: 'hls',
      mediaPlaylistUrl,
      headers: PLAYER_HEADERS,
      hosts: this.#hosts,
      ads: TWITCH_ADS,
      variant,
      isLive: true,
      broadcastId: master.broadcastId,
      expiresAt: askedAt + PLAYLIST_LIFE_S,
      ...(master.serverTimeS !== null && { clockOffsetS: master.serverTimeS - now }),
    };
  }

  /** The renditions; with a second token when usher does not take the first. */
  async #ask(
    signal: AbortSignal,
  ): Promise<{ restricted: ReadonlySet<string>; answer: Extract<UsherAnswer, { kind: 'playlist' }> }> {
    const { http, usherUrl, random } = this.twitch;
    for (let isFirst = true; ; isFirst = false) {
      await this.twitch.budget.take(signal);
      const token = await mintAccessToken({ ...this.twitch, hosts: this.#hosts }, this.wish.login, signal);
      const options = { http, usherUrl, random, hosts: this.#hosts };
      const answer = await askUsher(options, this.wish.login, token, signal);
      if (answer.kind === 'playlist') return { restricted: token.restricted, answer };
      if (!isFirst) throw new StreamError('forbidden');
    }
  }
}
