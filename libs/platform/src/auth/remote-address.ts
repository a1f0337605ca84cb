import type { IncomingHttpHeaders } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** The part of a request that says where it comes from. */
export interface RemoteRequest {
  readonly headers: IncomingHttpHeaders;
  readonly socket?: { readonly remoteAddress?: string | undefined };
}

const UNKNOWN = 'unknown';
/** More hops than any real chain of proxies; the header is the client's to write. */
const MAX_HOPS = 20;

/**
 * Finds the address of the client: that of the connection, or, when that is a trusted proxy, the last address in
 * X-Forwarded-For that no trusted proxy has. What an untrusted party wrote into the header is never believed.
 */
export class RemoteAddresses {
  readonly #trusted = new BlockList();

  /** @param trustedProxies addresses and CIDR blocks */
  constructor(trustedProxies: readonly string[]) {
    for (const range of trustedProxies) {
      const [address = '', bits] = range.split('/');
      const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
      if (bits === undefined) this.#trusted.addAddress(address, family);
      else this.#trusted.addSubnet(address, Number(bits), family);
    }
  }

  of({ headers, socket }: RemoteRequest): string {
    let address = normalise(socket?.remoteAddress ?? '');
    const forwarded = headers['x-forwarded-for'];
    const hops = (Array.isArray(forwarded) ? forwarded.join(',') : (forwarded ?? '')).split(',').slice(-MAX_HOPS);
    while (this.#isTrusted(address) && hops.length > 0) {
      const hop = normalise(hops.pop()?.trim() ?? '');
      if (hop === UNKNOWN) break;
      address = hop;
    }
    return address;
  }

  #isTrusted(address: string): boolean {
    const family = isIP(address);
    return family !== 0 && this.#trusted.check(address, family === 6 ? 'ipv6' : 'ipv4');
  }
}

/**
 * What counts as one client for limits: an IPv4 address, or the /64 network of an IPv6 address, of which one machine
 * has all the 2^64 addresses.
 */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = '', tail] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const missing = tail === undefined ? 0 : 8 - left.length - right.length;
  const groups = [...left, ...Array.from({ length: Math.max(0, missing) }, () => '0'), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}

/** IPv4 mapped into IPv6 (`::ffff:…`) is IPv4; anything that is no address is unknown. */
function normalise(text: string): string {
  const address = text.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  return isIP(address) === 0 ? UNKNOWN : address;
}
