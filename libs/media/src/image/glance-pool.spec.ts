import { afterEach, describe, expect, it } from '@jest/globals';
import { makePicture } from '@jiga/testing';
import { readFileSync } from 'node:fs';
import { GlancePool } from './glance-pool.js';
import type { GlancePoolOptions } from './glance-pool.js';
import { GlanceReader } from './glance.js';

const still = (name: string): Buffer => readFileSync(new URL(`../../../../test/fixtures/${name}`, import.meta.url));
const ARENA = 'openarena/still_oa_ffa_f0420_480x270.jpg';
const STILLS = [ARENA, 'freedoom/doom_fd1_f0420_480x270.jpg', 'openarena/still_oa_ffa_f0110_854x480.jpg'];
const script = (code: string): URL => new URL(`data:text/javascript,${encodeURIComponent(code)}`);
/** A thread that answers nothing. */
const SILENT = script(`import{parentPort}from'node:worker_threads';parentPort.on('message',()=>{})`);

let pool: GlancePool | null = null;
afterEach(() => pool?.close());
const makePool = (options: Partial<GlancePoolOptions> = {}): GlancePool =>
  (pool = new GlancePool({ threads: 1, busyBytesPerSecond: 0, ...options }));

describe('GlancePool', () => {
  it.each([0, 1, 2])('gives each of many pictures its own answer with %s threads', async (threads) => {
    const reader = new GlanceReader();
    const shared = makePool({ threads });
    const pictures = [...STILLS.map(still), await makePicture(), still(ARENA).subarray(0, 5000)];
    const looks = Array.from({ length: 60 }, (_, i) => pictures[i % pictures.length] ?? Buffer.alloc(0));
    const found = await Promise.allSettled(looks.map(async (bytes) => shared.read(bytes)));
    const expected = await Promise.allSettled(looks.map(async (bytes) => reader.read(bytes)));
    expect(found).toEqual(expected);
    expect(found.filter(({ status }) => status === 'rejected')).toHaveLength(12);
  });

  it('takes its share where the threads have all they can take', async () => {
    const shared = makePool({ workerUrl: SILENT });
    const bytes = still(ARENA);
    // Two batches of up to eight pictures go to the thread, which never answers.
    const looks = Array.from({ length: 20 }, async () => shared.read(bytes));
    await Promise.all(looks.slice(16));
    await shared.close();
    expect(await Promise.all(looks)).toHaveLength(20);
  });

  it('reads here until so much comes that a thread pays, and again when less does', () => {
    let now = 0;
    const bytes = still(ARENA);
    // As much as six pictures in a tenth of a second.
    const busyBytesPerSecond = bytes.length * 60;
    const shared = makePool({ workerUrl: SILENT, busyBytesPerSecond, now: () => now });
    const isHandedOver = (): boolean => shared.read(bytes) instanceof Promise;
    const isEach = Array.from({ length: 6 }, isHandedOver);
    expect(isEach).toEqual([false, false, false, false, false, true]);
    now = 100;
    expect(isHandedOver()).toBe(true);
    now = 200;
    expect(isHandedOver()).toBe(false);
    now = 5_000;
    expect(isHandedOver()).toBe(false);
  });

  it('hands a large picture over by itself', () => {
    const shared = makePool({ workerUrl: SILENT, busyBytesPerSecond: Number.POSITIVE_INFINITY });
    const large = Buffer.concat([still(ARENA), Buffer.alloc(64 * 1024)]);
    expect(shared.read(still(ARENA))).not.toBeInstanceOf(Promise);
    expect(shared.read(large)).toBeInstanceOf(Promise);
  });

  it('reads here what was with a thread that died, and goes on', async () => {
    const dying = script(`import{parentPort}from'node:worker_threads';parentPort.on('message',()=>process.exit(1))`);
    const shared = makePool({ workerUrl: dying });
    for (let round = 0; round < 2; round++) {
      expect(await shared.read(still(ARENA))).toEqual(await new GlanceReader().read(still(ARENA)));
    }
  });

  it('may be closed twice, and reads what was under way', async () => {
    const shared = makePool();
    const underWay = shared.read(still(ARENA));
    await shared.close();
    await shared.close();
    expect(await underWay).toMatchObject({ width: 480, height: 270 });
    expect(shared.read(still(ARENA))).not.toBeInstanceOf(Promise);
  });
});
