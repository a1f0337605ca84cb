import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GuardedHttp, NodeTransport, type HostList } from '@jiga/streams';
import { FAKE_SECRETS, FakeTwitchServer, json, turn, until, VirtualClock } from '@jiga/testing';

import { eachStreamRig } from '../../../test/support/each-stream-rig.js';
import { StreamRig } from '../../../test/support/stream-rig.js';
import { channelLogin } from './channel-name.js';

let rig: StreamRig;
eachStreamRig((made) => (rig = made));

describe('the name of a channel', () => {
  it.each([
    'https://twitch.tv/Foo',
    'https://www.twitch.tv/foo/',
    'http://m.twitch.tv/FOO?x=1',
    'twitch.tv/foo',
    '@Foo',
    'FOO ',
  ])('%j means foo', (text) => expect(channelLogin(text)).toBe('foo'));

  it.each([
    '../../x',
    'a/b',
    'x?y=1',
    'x%2f..',
    'x"}){',
    'a\nb',
    '🎮',
    'x'.repeat(300),
    '',
    ' ',
    'https://twitch.tv.evil.com/foo',
    'https://evil.com/twitch.tv/foo',
    'https://user@twitch.tv/foo',
    'https://twitch.tv/videos',
    'https://twitch.tv/foo/clip/x',
    'https://twitch.tv/',
  ])('%j is refused before anything is asked', (text) => {
    expect(() => rig.manager({ channelName: text })).toThrow(expect.objectContaining({ code: 'invalid_channel' }));
    expect(rig.twitch.requests).toEqual([]);
  });
});

const BAD_TARGETS = [
  'https://127.0.0.1/x',
  'https://169.254.169.254/latest/meta-data',
  'https://[::1]/x',
  'https://[::ffff:10.0.0.1]/x',
  'http://pop1.playlist.ttvnw.net/x',
  'https://pop1.playlist.ttvnw.net:8443/x',
  'https://user@pop1.playlist.ttvnw.net/x',
  'file:///etc/passwd',
  'data:text/plain,x',
  '//evil.example/x',
  'https://ttvnw.net.evil.example/x',
];

describe('an address that may not be fetched', () => {
  const hosts = (): Set<string> => new Set(rig.transport.connections.map(({ host }) => host));
  const OWN = new Set(['gql.twitch.tv', 'usher.ttvnw.net', 'pop1.playlist.ttvnw.net', 'd1.j.cloudfront.hls.ttvnw.net']);

  it.each(BAD_TARGETS)('is refused as where a playlist is moved to: %s', async (location) => {
    rig.twitch.overrides.playlist = () => ({ status: 302, headers: { location } });
    await rig.play(5);
    expect(rig.lastError()).toBe('blocked_url');
    expect(rig.states.at(-1)).toBe('failed');
    expect([...hosts()].every((host) => OWN.has(host))).toBe(true);
  });

  it.each(BAD_TARGETS)('is refused as a segment: %s', async (uri) => {
    rig.channel.editSegment = (segment) => {
      segment.uri = uri;
    };
    await rig.play(10);
    expect(rig.lastError()).toBe('blocked_url');
    expect(rig.states.at(-1)).toBe('failed');
    expect([...hosts()].every((host) => OWN.has(host))).toBe(true);
  });

  it('is one whose name stands for a private address too', async () => {
    rig.addresses = (host) => (host.startsWith('d1.') ? ['93.184.216.34', '10.0.0.7'] : ['93.184.216.34']);
    await rig.play(10);
    expect(rig.lastError()).toBe('blocked_url');
    expect(hosts().has('d1.j.cloudfront.hls.ttvnw.net')).toBe(false);
  });

  it('cannot be smuggled in by a name that changes its mind: the address that was checked is connected to', async () => {
    const asked = new Map<string, number>();
    rig.addresses = (host) => {
      asked.set(host, (asked.get(host) ?? 0) + 1);
      return asked.get(host) === 1 ? ['93.184.216.34'] : ['127.0.0.1'];
    };
    await rig.play(3);
    expect(new Set(rig.transport.connections.map(({ address }) => address))).toEqual(new Set(['93.184.216.34']));
    expect(rig.lastError()).toBe('blocked_url');
  });

  it('is a way that leads round in circles, after three steps', async () => {
    rig.twitch.overrides.playlist = ({ url }) => ({ status: 302, headers: { location: url.href } });
    await rig.play(1);
    const loads = rig.twitch.count('playlist');
    expect(loads).toBeGreaterThan(0);
    // The address itself and three steps from it, at every load.
    expect(loads % 4).toBe(0);
  });
});

describe('the guard over real sockets', () => {
  const clock = new VirtualClock();
  let fake: FakeTwitchServer;
  let http: GuardedHttp;
  beforeEach(async () => {
    fake = await FakeTwitchServer.listen({ nowMs: () => clock.nowMs() });
    http = new GuardedHttp({ clock, transport: new NodeTransport() });
  });
  afterEach(async () => {
    http.close();
    await fake.close();
  });
  const fetch = (hosts: Partial<HostList>, url = `${fake.origin}/v1/segment/a/b/1-1.ts`): Promise<unknown> =>
    http.fetch(
      { url, hosts: { builtIn: [], named: [], ...hosts }, maxBytes: 100_000, timeoutMs: 1000 },
      new AbortController().signal,
    );

  it('reaches a private host only when it is named, over http and on its port', async () => {
    fake.twitch.channel('a').goLive();
    await expect(fetch({})).rejects.toMatchObject({ code: 'blocked_url' });
    await expect(fetch({ builtIn: ['127.0.0.1'] })).rejects.toMatchObject({ code: 'blocked_url' });
    await expect(fetch({ named: ['127.0.0.1:1'] })).rejects.toMatchObject({ code: 'blocked_url' });
    expect(fake.twitch.requests).toEqual([]);
    await expect(fetch({ named: ['127.0.0.1'] })).resolves.toMatchObject({ status: 200 });
    await expect(fetch({ named: [new URL(fake.origin).host] })).resolves.toMatchObject({ status: 200 });
  });

  it('breaks off what takes too long, and leaves no connection', async () => {
    fake.twitch.overrides.segment = () => ({ status: 200, hangs: true });
    const fetched = fetch({ named: ['127.0.0.1'] });
    await until(() => fake.twitch.requests.length === 1);
    clock.advance(1001);
    await expect(fetched).rejects.toMatchObject({ code: 'timeout' });
    http.close();
    await until(() => clock.pending === 0);
    let open = await fake.connections();
    for (let turns = 0; open > 0 && turns < 10_000; turns++) {
      await turn();
      open = await fake.connections();
    }
    expect(open).toBe(0);
  });

  it('says of a host that is not there no more than that', async () => {
    await fake.close();
    const error = await fetch({ named: ['127.0.0.1'] }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'upstream', facts: { cause: 'ECONNREFUSED' } });
    expect(JSON.stringify(error) + String(error)).not.toMatch(/127\.0\.0\.1/);
  });
});

it('nothing that is told of a stream holds a token, a signature, a signed address, the channel or our address', async () => {
  const oauth = 'very-secret-oauth-token-000000';
  const told: unknown[] = [];
  for (const script of [
    (): void => undefined,
    (): void => void (rig.channel.startedMs = null),
    (): void =>
      void (rig.twitch.overrides.token = ({ headers }) => json({ error: 'x', message: headers['authorization'] }, 401)),
    (): void => void (rig.twitch.overrides.usher = ({ url }) => ({ status: 403, body: url.href })),
    (): void => void (rig.twitch.overrides.playlist = ({ url }) => ({ status: 200, body: url.href })),
    (): void =>
      void (rig.twitch.overrides.segment = ({ url }) => ({
        status: 302,
        headers: { location: `http://x/${url.href}` },
      })),
  ]) {
    rig = new StreamRig('secretive_channel');
    rig.environment = { JIGA_TWITCH_OAUTH_TOKEN: oauth };
    script();
    const manager = await rig.play(20);
    const errors = [...rig.changes.map(({ error }) => error), ...rig.errors];
    told.push(
      rig.changes,
      rig.notices,
      manager.health(),
      errors.map((error) => `${String(error)} ${(error as Error | null)?.stack}`),
    );
    await rig.close();
  }
  const text = JSON.stringify(told);
  expect(text).toContain('blocked_url');
  for (const secret of [oauth, 'secretive_channel', 'https:', ...Object.values(FAKE_SECRETS)])
    expect(text).not.toContain(secret);
});
