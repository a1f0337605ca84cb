import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';

import { addressesOf, hostOf, isPublicAddress, type ResolveHost } from '@jiga/platform';

/** A URL that webhooks do not call. `reason` is for the client. */
export class TargetRefused extends Error {
  override readonly name = 'TargetRefused';
}

/**
 * What can be said of a receiver's URL without looking its host up. Throws {@link TargetRefused}.
 * @param allowedHosts may be private and may be called over http
 */
export function checkTargetUrl(text: string, allowedHosts: readonly string[]): URL {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) throw new TargetRefused('The URL must begin with https://');
  if (url.username || url.password) throw new TargetRefused('The URL must not hold a user or a password');
  if (url.hash) throw new TargetRefused('The URL must not have a fragment');
  const host = hostOf(url);
  if (allowedHosts.includes(host)) return url;
  if (url.protocol !== 'https:') throw new TargetRefused('The URL must begin with https://');
  if (isIP(host) !== 0 && !isPublicAddress(host)) throw new TargetRefused('The address is not a public one');
  return url;
}

/**
 * The addresses to connect to. A host of which any address is not public is refused as a whole. Whoever connects must
 * use these addresses and not look the name up again: its owner may answer differently the next time (DNS rebinding).
 */
export async function resolveTarget(
  url: URL,
  allowedHosts: readonly string[],
  resolve: ResolveHost,
): Promise<readonly LookupAddress[]> {
  const host = hostOf(url);
  const addresses = await addressesOf(host, resolve);
  if (!allowedHosts.includes(host) && !addresses.every(({ address }) => isPublicAddress(address))) {
    throw new TargetRefused('The host has an address that is not public');
  }
  return addresses;
}
