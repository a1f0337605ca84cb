export {
  isRefusal,
  readStreamAddress,
  type AddressRefusal,
  type AddressRules,
  type StreamAddress,
} from './stream-address.js';
export { UrlResolver, type UrlResolverDeps } from './url.resolver.js';
