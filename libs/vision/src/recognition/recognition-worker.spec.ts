import { afterAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SystemClock } from '@jiga/platform';
import { VirtualClock, makePicture, tempDir, until } from '@jiga/testing';
import type { RegionReading } from '../types.js';
import { RecognitionWorker } from './recognition-worker.js';
import type { RecognitionWorkerOptions } from './recognition-worker.js';
import type { RecognitionJob, RecognitionResult } from './worker.messages.js';

const LONG = 60_000;
const fixture = (path: string): Uint8Array =>
  readFileSync(new URL(`../../../../test/fixtures/${path}`, import.meta.url));
const job = (bytes: Uint8Array, changes: Partial<RecognitionJob> = {}): RecognitionJob => ({
  sessionId: 'one',
  bytes,
  timestamp: 1000,
  sceneCut: false,
  game: 'auto',
  scope: 'all',
  budgetMs: 60_000,
  findText: true,
  shareText: false,
  ...changes,
});
/** A worker of the test's own making, as a module. */
const script = (code: string): URL =>
  new URL(`data:text/javascript,${encodeURIComponent(`import{parentPort}from'node:worker_threads';${code}`)}`);

describe('RecognitionWorker on pictures of real games', () => {
  const worker = new RecognitionWorker({ clock: new SystemClock() });
  let sessions = 0;
  afterAll(() => worker.close());

  const read = (path: string, changes: Partial<RecognitionJob> = {}): Promise<RecognitionResult> =>
    worker.analyse(job(fixture(path), { sessionId: `session ${sessions++}`, ...changes }));
  const byName = ({ readings }: RecognitionResult): Record<string, RegionReading> =>
    Object.fromEntries(readings.regions.map((reading) => [reading.region, reading]));
  const texts = (result: RecognitionResult, names: readonly string[]): (string | null)[] =>
    names.map((name) => byName(result)[name]?.text ?? null);

  const HUD = ['timer', 'health', 'armor', 'ammo', 'score_left', 'score_right'] as const;
  it.each([
    ['openarena/still_oa_ctf_f0300_1280x720.jpg', ['0:34', '34', null, '8', '0', '0']],
    ['openarena/still_oa_ctf_f0640_480x270.jpg', ['0:45', '29', null, '1', '0', '0']],
    ['openarena/still_oa_ffa_f0110_854x480.jpg', ['0:27', '41', null, '30', '3', '2']],
    ['openarena/still_oa_ffa_f0420_480x270.jpg', ['0:38', '123', '50', '10', '4', '4']],
    ['openarena/still_oa_ffa_f0700_480x270.jpg', ['0:47', null, null, null, '6', '5']],
  ])(
    'recognises OpenArena and reads the numbers of %s',
    async (path, expected) => {
      const result = await read(path);
      expect(result.readings.profileId).toBe('openarena');
      expect(texts(result, HUD)).toEqual(expected);
    },
    LONG,
  );

  it(
    'reads the messages of a large picture',
    async () => {
      const result = await read('openarena/still_oa_ctf_f0300_1280x720.jpg');
      const [first, second, third] = texts(result, ['feed_1', 'feed_2', 'feed_3']);
      expect(first).toBe("Gargoyle almost dodged Tony's rocket");
      expect(second).toMatch(/^Beret .as railed by Sarge$/);
      expect(third).toBeNull();
      expect(byName(result)['feed_3']?.outcome).toBe('empty');
      expect(byName(result)['center_1']?.text).toMatch(/^You.fragged Beret$/);
    },
    LONG,
  );

  it(
    'calls the small messages of a small picture unreadable and guesses nothing',
    async () => {
      const reading = byName(await read('openarena/still_oa_ffa_f0420_480x270.jpg'))['feed_1'];
      expect(reading).toMatchObject({ outcome: 'unreadable', text: null });
    },
    LONG,
  );

  it(
    'tells the colours of teams',
    async () => {
      const ctf = byName(await read('openarena/still_oa_ctf_f0300_1280x720.jpg'));
      const colors = ['score_left', 'score_right', 'flag_red', 'flag_blue', 'team_bar'].map((name) => ctf[name]?.color);
      expect(colors).toEqual(['red', 'blue', 'red', 'blue', 'red']);
      const ffa = byName(await read('openarena/still_oa_ffa_f0110_854x480.jpg'));
      expect([ffa['score_left']?.color, ffa['team_bar']?.color]).toEqual(['gray', null]);
    },
    LONG,
  );

  it.each([
    'freedoom/doom_fd1_f0420_480x270.jpg',
    'freedoom/doom_fd1_f0800_1280x720.jpg',
    'freedoom/doom_fdm2_f0450_480x270.jpg',
  ])(
    'takes %s for no game that it knows, and reads no HUD',
    async (path) => {
      const { readings } = await read(path);
      expect(readings).toMatchObject({ profileId: null, profileConfidence: 0, regions: [] });
    },
    LONG,
  );

  it(
    'finds the text of a game that it does not know, a line at least each time and the rest in the next pictures',
    async () => {
      const sessionId = 'unknown game';
      const all: (readonly (string | null | undefined)[])[] = [];
      for (let i = 0; i < 30; i++) {
        const changes = { sessionId, timestamp: 1000 + i / 10, budgetMs: 0 };
        const { detections, deferred } = await read('freedoom/doom_fd1_f0800_1280x720.jpg', changes);
        all.push(detections.map(({ text }) => text));
        if (deferred.length === 0) break;
        expect(deferred).toEqual(['text']);
      }
      expect(all.length).toBeGreaterThan(3);
      expect(all.at(-1)).toEqual(expect.arrayContaining(['65%', '0%', 'HEALTH', 'ARMS']));
    },
    LONG,
  );

  it(
    'reads nothing twice while the picture stays, and reads on when it changes',
    async () => {
      const sessionId = 'steady';
      const first = await read('openarena/still_oa_ctf_f0300_1280x720.jpg', { sessionId });
      const again = await read('openarena/still_oa_ctf_f0300_1280x720.jpg', { sessionId, timestamp: 1001 });
      expect(again.readings.unchanged).toEqual(expect.arrayContaining(['health', 'timer', 'feed_1', 'feed_4']));
      expect(again.readings.regions.map(({ region }) => region)).not.toContain('health');
      expect(first.readings.unchanged).toEqual([]);
      const later = await read('openarena/still_oa_ctf_f0640_480x270.jpg', { sessionId, timestamp: 1012 });
      expect(texts(later, ['timer', 'health'])).toEqual(['0:45', '29']);
    },
    LONG,
  );

  it(
    'reads numbers even without time for text, and tells what it left out',
    async () => {
      const result = await read('openarena/still_oa_ctf_f0300_1280x720.jpg', { budgetMs: 0 });
      expect(texts(result, ['timer', 'health'])).toEqual(['0:34', '34']);
      expect(result.deferred).toEqual(expect.arrayContaining(['feed', 'center']));
    },
    LONG,
  );

  it(
    'refuses a damaged picture and goes on with the next',
    async () => {
      const picture = fixture('openarena/still_oa_ffa_f0420_480x270.jpg');
      await expect(worker.analyse(job(picture.subarray(0, 900)))).rejects.toMatchObject({ code: 'invalid_image' });
      await expect(worker.analyse(job(picture))).resolves.toMatchObject({ readings: { profileId: 'openarena' } });
    },
    LONG,
  );
});

describe('RecognitionWorker as a queue', () => {
  const ECHO = script(`
    parentPort.on('message', ({ type, id, job }) => {
      if (type === 'end') process.exit();
      if (type !== 'analyse') return;
      if (job.game === 'crash') process.exit(3);
      if (job.game !== 'hang') parentPort.postMessage({ type: 'done', id, result: { readings: { timestamp: job.timestamp } } });
    });`);
  const open: RecognitionWorker[] = [];
  afterAll(() => Promise.all(open.map((worker) => worker.close())));
  const start = (options: Partial<RecognitionWorkerOptions> = {}): RecognitionWorker => {
    const worker = new RecognitionWorker({ clock: new SystemClock(), url: ECHO, ...options });
    open.push(worker);
    return worker;
  };

  it('fails the job that killed its thread and does the waiting ones in a new one', async () => {
    const worker = start();
    const bytes = await makePicture();
    const killed = worker.analyse(job(bytes, { game: 'crash' }));
    const next = worker.analyse(job(bytes, { timestamp: 7 }));
    await expect(killed).rejects.toMatchObject({ code: 'vision_failed' });
    await expect(next).resolves.toMatchObject({ readings: { timestamp: 7 } });
  });

  it('tells of a thread that died, and comes back by itself, slower each time', async () => {
    const clock = new VirtualClock();
    const worker = start({ clock });
    const bytes = await makePicture();
    const crash = () =>
      expect(worker.analyse(job(bytes, { game: 'crash' }))).rejects.toMatchObject({ code: 'vision_failed' });
    expect(worker.problem).toBeNull();
    await crash();
    expect(worker.problem).toMatch(/thread .* died/);
    clock.advance(499);
    expect(clock.pending).toBe(1);
    clock.advance(1);
    await crash();
    clock.advance(999);
    expect(clock.pending).toBe(1);
    await expect(worker.analyse(job(bytes, { timestamp: 9 }))).resolves.toMatchObject({ readings: { timestamp: 9 } });
    expect(worker.problem).toBeNull();
  });

  it('ends a thread that hangs', async () => {
    const clock = new VirtualClock();
    const worker = start({ clock, jobTimeoutMs: 5000 });
    const bytes = await makePicture();
    const hanging = expect(worker.analyse(job(bytes, { game: 'hang' }))).rejects.toMatchObject({
      code: 'vision_failed',
    });
    const next = worker.analyse(job(bytes, { timestamp: 8 }));
    clock.advance(5000);
    await hanging;
    await expect(next).resolves.toMatchObject({ readings: { timestamp: 8 } });
    await until(() => clock.pending === 0);
  });

  it('lets its thread end by itself, after the job under way', async () => {
    const folder = await tempDir();
    const log = JSON.stringify(join(folder.path, 'log'));
    const url = script(`import{appendFileSync}from'node:fs';
      parentPort.on('message', ({ type }) => {
        appendFileSync(${log}, type + ' ');
        if (type === 'end') process.exit();
      });`);
    const worker = start({ url, clock: new VirtualClock() });
    worker.analyse(job(await makePicture())).catch(() => undefined);
    await worker.close();
    expect(readFileSync(join(folder.path, 'log'), 'utf8')).toBe('analyse end ');
    await folder.remove();
  });

  it('stops a thread that does not end by itself', async () => {
    const clock = new VirtualClock();
    const worker = start({ url: script("parentPort.on('message', () => { for (;;); });"), clock });
    worker.analyse(job(await makePicture())).catch(() => undefined);
    const closed = worker.close();
    clock.advance(5000);
    await closed;
    expect(clock.pending).toBe(0);
  });

  it('refuses jobs beyond its bound, drops those of a forgotten session, and rejects the rest when closed', async () => {
    const worker = start({ maxWaiting: 2 });
    const bytes = await makePicture();
    const underWay = worker.analyse(job(bytes, { game: 'hang', sessionId: 'a' }));
    const forgotten = worker.analyse(job(bytes, { sessionId: 'b' }));
    const waiting = worker.analyse(job(bytes, { sessionId: 'c' }));
    await expect(worker.analyse(job(bytes))).rejects.toMatchObject({ code: 'vision_failed' });
    worker.forget('b');
    await expect(forgotten).rejects.toMatchObject({ code: 'session_closed' });
    const ends = Promise.allSettled([underWay, waiting]);
    await worker.close();
    await worker.close();
    expect((await ends).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(worker.analyse(job(bytes))).rejects.toMatchObject({ code: 'session_closed' });
  });
});
