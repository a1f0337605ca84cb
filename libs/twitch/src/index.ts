export { channelLogin } from './channel-name.js';
export { ResolverChain } from './resolver-chain.js';
export { StreamlinkResolver, type StreamlinkOptions } from './streamlink.resolver.js';
export { TokenBudget } from './token-budget.js';
export { TWITCH_ADS } from './twitch-ads.js';
export { TWITCH_HOSTS, TwitchResolver, type TwitchService, type TwitchWish } from './twitch-resolver.js';
export { twitchService } from './twitch-service.js';
export {
  twitchDefaults,
  TwitchStreamManager,
  type TwitchStreamParameters,
  type TwitchStreamWorld,
} from './twitch-stream-manager.js';
