import { lookup } from 'node:dns/promises';
import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import type { LookupFunction } from 'node:net';

/** What calls to addresses that came from outside have in common: of webhooks, and of the streams that are fetched. */

/** Every address that a host name stands for. Rejects when it stands for none. */
export type ResolveHost = (host: string) => Promise<readonly LookupAddress[]>;

/** The operating system's own resolver, so that names of a compose network and of /etc/hosts work. */
export const resolveHost: ResolveHost = (host) => lookup(host, { all: true });

/** Host of a URL as names and addresses are written elsewhere: an IPv6 address without its brackets. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();

/** The addresses of a host; an address stands for itself. Never empty. */
export async function addressesOf(host: string, resolve: ResolveHost): Promise<readonly LookupAddress[]> {
  const version = isIP(host);
  const addresses = version === 0 ? await resolve(host) : [{ address: host, family: version }];
  if (addresses.length === 0) throw new Error(`${host} has no address`);
  return addresses;
}

/**
 * In place of a look-up: the addresses that were checked. Whoever connects must use these and not look the name up again:
 * its owner may answer differently the next time (DNS rebinding).
 */
export function pinnedTo(addresses: readonly LookupAddress[]): LookupFunction {
  return (_host, { all }, done) => {
    const [first] = addresses;
    if (all) done(null, [...addresses]);
    else if (first) done(null, first.address, first.family);
  };
}

/** The promise, or a rejection as soon as the signal aborts: for what takes no signal itself, such as a look-up. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(new Error('aborted'));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
