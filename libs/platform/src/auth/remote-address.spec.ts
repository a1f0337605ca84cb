import { describe, expect, it } from '@jest/globals';

import { networkOf, RemoteAddresses } from './remote-address.js';

const request = (remoteAddress: string | undefined, forwarded?: string) => ({
  socket: { remoteAddress },
  headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
});

describe('RemoteAddresses', () => {
  const proxied = new RemoteAddresses(['10.0.0.0/8', '2001:db8::1']);

  it.each([
    ['the connection when nothing is forwarded', '192.0.2.1', undefined, '192.0.2.1'],
    ['the connection when it is no proxy of ours, whatever the header says', '192.0.2.1', '203.0.113.9', '192.0.2.1'],
    ['what our proxy forwards', '10.1.2.3', '203.0.113.9', '203.0.113.9'],
    [
      'the last that is no proxy: what is before it is the client’s invention',
      '10.1.2.3',
      '1.1.1.1, 203.0.113.9, 10.9.9.9',
      '203.0.113.9',
    ],
    ['a proxy that has an IPv6 address', '2001:db8::1', '203.0.113.9', '203.0.113.9'],
    ['an IPv4 address mapped into IPv6', '::ffff:10.1.2.3', '203.0.113.9', '203.0.113.9'],
    ['the proxy when the header holds no address', '10.1.2.3', 'unknown', '10.1.2.3'],
    ['the first proxy when there is nothing but proxies', '10.1.2.3', '10.4.4.4', '10.4.4.4'],
    ['nothing when the connection is gone', undefined, undefined, 'unknown'],
  ])('takes %s', (_name, address, forwarded, expected) => {
    expect(proxied.of(request(address, forwarded))).toBe(expected);
  });
});

describe('networkOf', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:0001:0002::9', '2001:db8:1:2::/64'],
    ['2001:db8::9', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['unknown', 'unknown'],
  ])('of %s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
