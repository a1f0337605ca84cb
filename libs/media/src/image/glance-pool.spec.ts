import { afterEach, describe, expect, it } from '@jest/globals';
import { makePicture } from '@jiga/testing';
import { readFileSync } from 'node:fs';
import { GlancePool } from './glance-pool.js';
import { GlanceReader } from './glance.js';

const still = (name: string): Buffer => readFileSync(new URL(`../../../../test/fixtures/${name}`, import.meta.url));
const ARENA = 'openarena/still_oa_ffa_f0420_480x270.jpg';
const STILLS = [ARENA, 'freedoom/doom_fd1_f0420_480x270.jpg', 'openarena/still_oa_ffa_f0110_854x480.jpg'];

let pool: GlancePool | null = null;
afterEach(() => pool?.close());

describe('GlancePool', () => {
  it.each([0, 1, 2])('gives each of many pictures its own answer with %s threads', async (threads) => {
    const reader = new GlanceReader();
    const shared = new GlancePool(threads);
    pool = shared;
    const pictures = [...STILLS.map(still), await makePicture(), still(ARENA).subarray(0, 5000)];
    const looks = Array.from({ length: 30 }, (_, i) => pictures[i % pictures.length] ?? Buffer.alloc(0));
    const found = await Promise.allSettled(looks.map(async (bytes) => shared.read(bytes)));
    const expected = await Promise.allSettled(looks.map(async (bytes) => reader.read(bytes)));
    expect(found).toEqual(expected);
    expect(found.filter(({ status }) => status === 'rejected')).toHaveLength(6);
  });

  it('reads here what was with a thread that died, and goes on', async () => {
    const dying = `import{parentPort}from'node:worker_threads';parentPort.on('message',()=>process.exit(1))`;
    const shared = new GlancePool(1, undefined, new URL(`data:text/javascript,${encodeURIComponent(dying)}`));
    pool = shared;
    for (let round = 0; round < 2; round++) {
      expect(await shared.read(still(ARENA))).toEqual(await new GlanceReader().read(still(ARENA)));
    }
  });

  it('may be closed twice, and reads what was under way', async () => {
    const shared = new GlancePool(1);
    pool = shared;
    const underWay = shared.read(still(ARENA));
    await shared.close();
    await shared.close();
    expect(await underWay).toMatchObject({ width: 480, height: 270 });
  });
});
