import { describe, expect, it } from '@jest/globals';

import { eachStreamRig } from '../../../test/support/each-stream-rig.js';
import type { StreamRig } from '../../../test/support/stream-rig.js';

let rig: StreamRig;
eachStreamRig((made) => (rig = made));

describe('twenty streams that start together', () => {
  it('come back at different times when they fall together', async () => {
    rig.environment = { JIGA_TWITCH_TOKENS_PER_MINUTE: '600' };
    let n = 0;
    rig.random = () => (n = (n + 0.37) % 1);
    for (let i = 0; i < 20; i++) rig.manager().start();
    await rig.run(10);
    const untilMs = rig.clock.nowMs() + 4000;
    rig.twitch.overrides.playlist = () => (rig.clock.nowMs() < untilMs ? { status: 503 } : null);
    await rig.run(30);
    const times = rig.twitch.requests
      .filter(({ step, atMs }) => step === 'token' && atMs > untilMs)
      .map(({ atMs }) => atMs);
    expect(times).toHaveLength(20);
    expect(new Set(times).size).toBeGreaterThan(5);
    expect(rig.managers.every((manager) => manager.health().isLive)).toBe(true);
  });

  it('share the budget of tokens, and all come up', async () => {
    for (let n = 0; n < 20; n++) rig.manager().start();
    await rig.run(1);
    expect(rig.twitch.count('token')).toBe(10);
    await rig.run(25);
    expect(rig.twitch.count('token')).toBe(20);
    expect(rig.managers.every((manager) => manager.health().isLive)).toBe(true);
  });
});
