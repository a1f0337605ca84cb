import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';

import { addressesOf, hostOf, isPublicAddress, type ResolveHost } from '@jiga/platform';

import { StreamError } from '../stream-error.js';
import type { HostList } from '../stream-ingest.port.js';

const URL_MAX_CHARS = 4096;

/** How far a host is trusted: `named` hosts may be private, over http and on any port. */
type Trust = 'named' | 'public';

/**
 * The URL, when it may be fetched as far as that can be said without a look-up. Throws {@link StreamError} `blocked_url`.
 * @param base what a relative address is relative to
 */
export function checkStreamUrl(text: string, hosts: HostList, base?: string): URL {
  const url = text.length <= URL_MAX_CHARS ? URL.parse(text, base) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) throw new StreamError('blocked_url');
  const trust = trustOf(url, hosts);
  if (trust === 'named') return url;
  const host = hostOf(url);
  const isSafe = url.protocol === 'https:' && url.port === '' && (isIP(host) === 0 || isPublicAddress(host));
  if (trust === null || !isSafe) throw new StreamError('blocked_url');
  return url;
}

/**
 * The addresses to connect to. A host of which any address is private is refused as a whole, unless it is named.
 * Throws {@link StreamError} `blocked_url`.
 */
export async function checkedAddresses(
  url: URL,
  hosts: HostList,
  resolve: ResolveHost,
): Promise<readonly LookupAddress[]> {
  const addresses = await addressesOf(hostOf(url), resolve);
  if (trustOf(url, hosts) === 'named' || addresses.every(({ address }) => isPublicAddress(address))) return addresses;
  throw new StreamError('blocked_url');
}

function trustOf(url: URL, { builtIn, named }: HostList): Trust | null {
  const host = hostOf(url);
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  if (named.some((entry) => !entry.startsWith('.') && isExactly(entry, host, port))) return 'named';
  const covers = (entry: string): boolean => (entry.startsWith('.') ? host.endsWith(entry) : entry === host);
  return builtIn.some(covers) || named.some((entry) => entry.startsWith('.') && covers(entry)) ? 'public' : null;
}

/** An entry may end with a port, and then holds for that one alone. */
const isExactly = (entry: string, host: string, port: string): boolean =>
  entry === host || entry === `${host}:${port}` || entry === `[${host}]:${port}`;
