import { describe, expect, it } from '@jest/globals';
import { FAKE_AUDIO_ONLY, FAKE_LADDER, json, usherError } from '@jiga/testing';

import { eachStreamRig } from '../../../test/support/each-stream-rig.js';
import type { StreamRig } from '../../../test/support/stream-rig.js';

let rig: StreamRig;
eachStreamRig((made) => (rig = made));

const rising = (times: readonly number[]): boolean => times.every((time, n) => n === 0 || time > (times[n - 1] ?? 0));

describe('a channel that is live', () => {
  it.each(['v2', 'v1'] as const)(
    'is watched at 360p, two frames a second, in a master playlist of layout %s',
    async (layout) => {
      rig.channel.layout = layout;
      const manager = await rig.play(21);
      const times = rig.frames.map(({ capturedAt }) => capturedAt);
      expect(times.length).toBeGreaterThan(34);
      expect(rising(times)).toBe(true);
      expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeCloseTo((times.length - 1) / 2, 1);
      // Captured on the broadcaster's clock: the beginning of a segment is when the playlist says it was.
      expect(((times[0] ?? 0) * 1000 - (rig.channel.startedMs ?? 0)) % 2000).toBeCloseTo(0, 3);
      expect(rig.states).toEqual(['connecting', 'live']);
      expect(rig.noticed('variant_chosen')).toMatchObject([
        {
          variant: {
            name: '360p',
            width: 640,
            height: 360,
            fps: 30,
            isSource: false,
            requested: 'best',
            choice: 'fitting',
          },
        },
      ]);
      expect(manager.health()).toMatchObject({
        isLive: true,
        clock: 'broadcaster',
        framesDropped: 0,
        stalls: 0,
        reconnects: 0,
      });
      expect(manager.health().framesPerSecond).toBeCloseTo(2, 0);
    },
  );

  it('gives its first frame within two segments and a second of going live', async () => {
    rig.channel.goLive(0);
    await rig.play(5);
    expect(rig.frames.length).toBeGreaterThan(0);
  });

  it('spaces the frames as they were captured; a batch comes at once', async () => {
    const handed: number[] = [];
    rig.onFrames = (frames) => void handed.push(frames.length);
    await rig.play(12);
    expect(new Set(handed)).toEqual(new Set([1]));
    handed.length = 0;
    await rig.managers[0]?.close();
    rig.frames.length = 0;
    await rig.play(12, { highSpeedMode: true });
    expect(Math.max(...handed)).toBe(10);
    expect(rig.frames.at(-1)).toMatchObject({ width: 480, height: 270 });
  });

  it.each([
    ['720p60', '720p60', 'named'],
    ['source', '1080p60', 'named'],
    ['worst', '160p', 'named'],
    ['480p30', '480p', 'named'],
    ['720p', '720p60', 'nearest'],
    ['540p60', '480p', 'nearest'],
    ['ultra', '360p', 'nearest'],
  ] as const)('in quality %s is watched at %s (%s)', async (quality, name, choice) => {
    await rig.play(1, { quality });
    expect(rig.noticed('variant_chosen')[0]?.variant).toMatchObject({ name, choice, requested: quality });
  });

  it('is watched at the nearest rendition when the fitting one is missing', async () => {
    rig.channel.rungs = FAKE_LADDER.filter(({ name }) => name.endsWith('60'));
    await rig.play(1);
    expect(rig.noticed('variant_chosen')[0]?.variant.name).toBe('720p60');
  });

  it('is watched at its source, without the disposable pictures, when there is nothing else', async () => {
    rig.channel.rungs = [...FAKE_LADDER.slice(0, 1), FAKE_AUDIO_ONLY];
    await rig.play(5);
    expect(rig.noticed('variant_chosen')[0]?.variant).toMatchObject({
      name: '1080p60',
      isSource: true,
      choice: 'only',
    });
    expect(rig.decoders.options[0]).toMatchObject({ skipsDisposable: true });
    expect(rig.frames.length).toBeGreaterThan(0);
  });

  it.each([
    ['only sound', [FAKE_AUDIO_ONLY]],
    ['an empty master playlist', []],
  ])('with %s has no video, and no decoder is started', async (_name, rungs) => {
    rig.channel.rungs = rungs;
    await rig.play(5);
    expect(rig.lastError()).toBe('no_video');
    expect(rig.decoders.options).toEqual([]);
  });

  it('is not watched in a codec that costs much more to decode', async () => {
    const [first, ...rest] = FAKE_LADDER;
    rig.channel.rungs = [
      ...(first ? [first] : []),
      ...rest.map((rung) => ({ ...rung, codecs: 'hvc1.1.6.L93,mp4a.40.2' })),
    ];
    await rig.play(1);
    expect(rig.noticed('variant_chosen')[0]?.variant.name).toBe('1080p60');
    rig.channel.rungs = rest.map((rung) => ({ ...rung, codecs: 'av01.0.08M.08' }));
    await rig.managers[0]?.close();
    await rig.play(1);
    expect(rig.managers[1]?.health().lastError?.code).toBe('unsupported');
  });

  it('is watched without the renditions that are for subscribers', async () => {
    rig.twitch.tokenValue = { chansub: { restricted_bitrates: ['360p', 'chunked', 'archives'] } };
    await rig.play(1);
    expect(rig.noticed('variant_chosen')[0]?.variant.name).toBe('480p');
  });
});

describe('a channel that cannot be watched', () => {
  const failing = async (seconds = 60): Promise<void> => {
    await rig.play(seconds);
    expect(rig.states.at(-1)).toBe('failed');
    expect(rig.errors).toEqual([]);
  };

  it('is tried three times when it is offline, after 5 and 7.5 seconds', async () => {
    rig.channel.startedMs = null;
    await failing();
    expect(rig.lastError()).toBe('offline');
    const times = rig.twitch.requests.filter(({ step }) => step === 'usher').map(({ atMs }) => atMs);
    expect(times.map((time) => time - (times[0] ?? 0))).toEqual([0, 5000, 12_500]);
    expect(rig.changes.at(-1)).toMatchObject({ attempts: 3, error: { code: 'offline' } });
  });

  it('does not exist when there is no token for it; usher is not asked', async () => {
    await rig.play(60, { channelName: 'nobody' });
    expect(rig.lastError()).toBe('not_found');
    expect(rig.twitch.count('usher')).toBe(0);
    expect(rig.twitch.count('token')).toBe(1);
  });

  it.each([
    ['content_geoblocked', 'geo_blocked'],
    ['unauthorized_entitlements', 'subscriber_only'],
    ['subscriptions_restricted', 'subscriber_only'],
    ['nauth_token_restricted', 'forbidden'],
  ])('fails at once when usher says %s: %s', async (code, expected) => {
    rig.twitch.overrides.usher = () => usherError(403, code);
    await failing();
    // Not asked again by itself, however long it takes.
    await rig.run(900);
    expect(rig.lastError()).toBe(expected);
    expect(rig.twitch.count('usher')).toBe(1);
  });

  it.each([
    [{ geoblock_reason: 'country' }, 'NONE', 'geo_blocked'],
    [{ authorization: { forbidden: true, reason: 'UNAUTHORIZED_ENTITLEMENTS' } }, 'NONE', 'subscriber_only'],
    [{}, 'SOMETHING_ELSE', 'forbidden'],
  ])('fails at once when the token forbids it: %j', async (tokenValue, forbiddenReasonCode, expected) => {
    rig.twitch.tokenValue = tokenValue;
    rig.twitch.tokenAnswer = { authorization: { isForbidden: true, forbiddenReasonCode } };
    await failing();
    expect(rig.lastError()).toBe(expected);
    expect(rig.twitch.count('token')).toBe(1);
  });

  it('fails at once when Twitch asks for a browser', async () => {
    const challenge = {
      errors: [{ message: 'failed integrity check', extensions: { challenge: { type: 'integrity' } } }],
    };
    rig.twitch.overrides.token = () => json(challenge);
    await failing();
    expect(rig.lastError()).toBe('integrity_required');
    expect(rig.twitch.count('token')).toBe(1);
  });

  it('fails at once when the credential is refused', async () => {
    rig.environment = { JIGA_TWITCH_OAUTH_TOKEN: 'very-secret-oauth-token-000000' };
    rig.twitch.overrides.token = ({ headers }) =>
      json({ error: 'Unauthorized', status: 401, message: `bad ${headers['authorization']}` }, 401);
    await failing();
    expect(rig.lastError()).toBe('auth_invalid');
    expect(rig.twitch.count('token')).toBe(1);
  });

  it.each([
    ['500', { status: 500, body: '{}' }],
    ['429', { status: 429, body: '{}' }],
    ['an HTML page', { status: 200, body: '<html></html>' }],
    ['nothing', { status: 200, body: '' }],
    ['ten megabytes', { status: 200, body: Buffer.alloc(10 * 1024 * 1024, 32) }],
  ])('is tried three times when the token is answered with %s', async (_name, answer) => {
    rig.twitch.overrides.token = () => answer;
    await failing();
    expect(rig.lastError()).toBe('upstream');
    expect(rig.twitch.count('token')).toBe(3);
  });

  it.each(['token', 'usher'] as const)('is given ten seconds to answer for %s', async (step) => {
    rig.twitch.overrides[step] = () => ({ status: 200, hangs: true });
    await rig.play(9.5);
    expect(rig.transport.open).toBe(1);
    await rig.run(1);
    expect(rig.transport.open).toBe(0);
    expect(rig.lastError()).toBe('timeout');
    await rig.run(60);
    expect(rig.twitch.count(step)).toBe(3);
    expect(rig.states.at(-1)).toBe('failed');
  });
});

describe('asking for a token', () => {
  it('takes the stored query where Twitch refuses the query itself', async () => {
    rig.twitch.overrides.token = ({ body }) =>
      body.includes('"query"') ? json({ errors: [{ message: 'unknown field' }] }) : null;
    await rig.play(5);
    expect(rig.twitch.requests[1]?.body).toContain('sha256Hash');
    expect(rig.refused).toEqual(['inline']);
    expect(rig.states).toContain('live');
  });

  it('does not depend on the stored query', async () => {
    rig.twitch.overrides.token = ({ body }) =>
      body.includes('persistedQuery') ? json({ errors: [{ message: 'PersistedQueryNotFound' }] }) : null;
    await rig.play(5);
    expect(rig.twitch.count('token')).toBe(1);
    expect(rig.states).toContain('live');
  });

  it('says which ways Twitch does not take when it takes neither', async () => {
    rig.twitch.overrides.token = () => json({ errors: [{ message: 'PersistedQueryNotFound' }] });
    await rig.play(1);
    expect(rig.refused).toEqual(['inline', 'stored']);
    expect(rig.lastError()).toBe('upstream');
  });

  it('takes exactly one new token when usher finds the first too old', async () => {
    rig.twitch.overrides.usher = (_request, index) => (index === 0 ? usherError(403, 'nauth_token_expired') : null);
    await rig.play(5);
    expect(rig.twitch.count('token')).toBe(2);
    expect(rig.states).toEqual(['connecting', 'live']);
  });

  it('sends the channel as a variable and the token byte for byte', async () => {
    await rig.play(3);
    expect(JSON.parse(rig.twitch.requests[0]?.body ?? '')).toMatchObject({
      variables: { login: 'somebody', platform: 'web' },
    });
    // The fake answers usher only for the very value and signature that it gave.
    expect(rig.twitch.count('playlist')).toBeGreaterThan(0);
  });
});
