import { describe, expect, it } from '@jest/globals';

import { checkTargetUrl, TargetRefused } from './target-address.js';

describe('where a webhook may point', () => {
  it.each([
    'ftp://example.com/',
    'http://example.com/hook',
    'https://user:pw@example.com/',
    'https://example.com/#part',
    'https://10.0.0.1/',
    'https://169.254.169.254/latest/meta-data',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://2130706433/',
    'https://0x7f.1/',
    'nonsense',
    '',
  ])('refuses %j', (url) => expect(() => checkTargetUrl(url, [])).toThrow(TargetRefused));

  it.each([
    'https://example.com/hook?key=1',
    'https://example.com:8443/',
    'https://1.1.1.1/',
    'https://[2606:4700::1]/',
  ])('takes %s', (url) => expect(checkTargetUrl(url, []).href).toBe(url));

  it.each(['http://localhost:9000/', 'https://10.0.0.7/', 'http://[::1]:9000/'])(
    'takes %s when it is allowed',
    (url) => {
      expect(checkTargetUrl(url, ['localhost', '10.0.0.7', '::1']).href).toBe(url);
    },
  );

  it('takes no other for it', () => {
    expect(() => checkTargetUrl('http://localhost.example/', ['localhost'])).toThrow(TargetRefused);
  });
});
