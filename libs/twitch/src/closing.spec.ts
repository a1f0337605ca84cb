import { beforeEach, describe, expect, it } from '@jest/globals';
import { deferred } from '@jiga/testing';

import { StreamRig } from '../../../test/support/stream-rig.js';

let rig: StreamRig;
beforeEach(() => {
  rig = new StreamRig();
});

describe('closing', () => {
  const hang = { status: 200, hangs: true };
  const map = '#EXT-X-MAP:URI="https://d1.j.cloudfront.hls.ttvnw.net/v1/map/one.mp4"';
  const atOnce = (): void => undefined;
  it.each<[string, () => void, after?: () => void]>([
    ['a token', () => (rig.twitch.overrides.token = () => hang)],
    ['usher', () => (rig.twitch.overrides.usher = () => hang)],
    ['a playlist', () => (rig.twitch.overrides.playlist = () => hang)],
    ['a playlist again that failed', () => (rig.twitch.overrides.playlist = () => ({ status: 503 }))],
    ['a broadcast that has just begun', () => (rig.twitch.overrides.playlist = () => ({ status: 404 }))],
    ['a segment', () => (rig.twitch.overrides.segment = () => hang)],
    [
      'the rest of a segment',
      () => (rig.twitch.overrides.segment = () => ({ status: 200, body: 'x'.repeat(9000), bytesPerSecond: 100 })),
    ],
    ['a segment again that failed', () => (rig.twitch.overrides.segment = () => ({ status: 500 }))],
    [
      'an initialization',
      () => {
        rig.channel.head = [map];
        rig.twitch.overrides.map = () => hang;
      },
    ],
    ['the decoder', () => (rig.decoders.before = () => deferred<void>().promise)],
    ['the next attempt', () => (rig.channel.startedMs = null)],
    ['whoever looks at the frames', () => (rig.onFrames = () => deferred<void>().promise)],
    ['the end of advertisements', () => (rig.channel.adBreaks = [[0, 1000]])],
    ['the name of a host', () => (rig.resolving = () => deferred<never>().promise)],
    ['nothing', () => undefined],
    ['a playlist that stands still', () => undefined, () => (rig.channel.frozenAt = rig.channel.edge + 1)],
    ['a stream to come back', () => undefined, () => (rig.twitch.overrides.playlist = () => ({ status: 503 }))],
    ['a broadcast to come back', () => undefined, () => (rig.channel.startedMs = null)],
    [
      'a new token',
      () => undefined,
      () => (rig.twitch.overrides = { token: () => hang, playlist: () => ({ status: 403 }) }),
    ],
    [
      'frames of a broadcast that has ended',
      () => (rig.onFrames = () => deferred<void>().promise),
      () => (rig.channel.isEnded = true),
    ],
  ])('while it waits for %s ends everything at once', async (_name, script, after = atOnce) => {
    script();
    const manager = await rig.play(4);
    if (after !== atOnce) {
      after();
      await rig.run(9);
    }
    const before = rig.frames.length;
    await Promise.all([manager.close(), manager.close()]);
    expect(rig.clock.pending).toBe(0);
    expect(rig.transport.open).toBe(0);
    expect(rig.decoders.open).toBe(0);
    expect(rig.states.at(-1)).toBe('closed');
    const changes = rig.changes.length;
    await rig.run(30);
    expect(rig.frames.length).toBe(before);
    expect(rig.changes.length).toBe(changes);
    expect(rig.errors).toEqual([]);
  });

  it('before it was started does nothing', async () => {
    const manager = rig.manager();
    await manager.close();
    manager.start();
    await rig.run(5);
    expect(rig.twitch.requests).toEqual([]);
  });
});
