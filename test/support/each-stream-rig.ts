import { afterEach, beforeEach, expect } from '@jest/globals';

import { StreamRig } from './stream-rig.js';

/** Gives each test of a file a rig of its own, and holds it afterwards to what closing promises: no timer, no decoder is left. */
export function eachStreamRig(use: (rig: StreamRig) => void): void {
  let rig: StreamRig;
  beforeEach(() => {
    rig = new StreamRig();
    use(rig);
  });
  afterEach(async () => {
    await rig.close();
    expect(rig.clock.pending).toBe(0);
    expect(rig.decoders.open).toBe(0);
  });
}
