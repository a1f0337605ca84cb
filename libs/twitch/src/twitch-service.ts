import type { Clock } from '@jiga/contracts';
import type { JigaConfig } from '@jiga/platform';
import type { StreamHttp } from '@jiga/streams';

import { TokenBudget } from './token-budget.js';
import type { TwitchService } from './twitch-resolver.js';

/** Twitch as the settings say; one for the whole server, because the budget of tokens is. */
export function twitchService(
  config: Pick<JigaConfig, 'twitch' | 'streams'>,
  clock: Clock,
  http: StreamHttp,
  random: () => number = Math.random,
): TwitchService {
  const { gqlUrl, usherUrl, clientId, queryHash, oauthToken, tokensPerMinute } = config.twitch;
  const budget = new TokenBudget(clock, tokensPerMinute);
  const { allowedHosts } = config.streams;
  return { clock, http, budget, gqlUrl, usherUrl, clientId, queryHash, oauthToken, allowedHosts, random };
}
