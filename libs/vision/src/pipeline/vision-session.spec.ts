import { describe, expect, it, jest } from '@jest/globals';
import type { Frame, VisionResult, VisionSettings } from '@jiga/contracts';
import { AppError, FULL_EFFORT } from '@jiga/contracts';
import { VirtualClock, makePicture } from '@jiga/testing';
import { ManualRecognition } from '../../../../test/support/manual-recognition.js';
import { LocalPictures } from './local-pictures.js';
import { VisionSession } from './vision-session.js';

interface Bench {
  readonly session: VisionSession;
  readonly recognition: ManualRecognition;
  readonly facts: string[];
  readonly pictures: LocalPictures;
  readonly send: (timestamp: number, bytes: Uint8Array, about?: Partial<Frame>) => Promise<VisionResult>;
}

function open(changes: Partial<VisionSettings> = {}): Bench {
  const clock = new VirtualClock();
  const recognition = new ManualRecognition();
  const facts: string[] = [];
  const settings: VisionSettings = {
    sessionId: 'sess_test',
    game: 'auto',
    mode: 'normal',
    analysisIntervalMs: 3000,
    cache: { enabled: false, similarity: 1, ttlMs: 0 },
    skills: null,
    ...changes,
  };
  const pictures = new LocalPictures();
  const publish = (name: string): void => void facts.push(name);
  const session = new VisionSession(settings, {
    clock,
    pictures,
    recognition,
    publish,
    textBudgetMs: 80,
  });
  const send: Bench['send'] = (timestamp, bytes, about) => {
    const frame: Frame = {
      id: `frm_${timestamp}`,
      bytes,
      width: 64,
      height: 36,
      timestamp,
      source: 'direct_screen',
      channel: null,
      ...about,
    };
    return session.analyze(frame, 1);
  };
  return { session, recognition, facts, pictures, send };
}

/** Lets the cheap stages that were begun come to their end. */
const settle = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await new Promise(setImmediate);
};

describe('VisionSession', () => {
  it('gives the first frame the heavy stage and carries its values on, with their age', async () => {
    const { recognition, send, facts } = open();
    const picture = await makePicture();
    const first = send(100, picture);
    await settle();
    recognition.finish('85');
    expect((await first).hud['health']).toMatchObject({ value: 85, age_ms: 0 });
    expect((await first).metadata).toMatchObject({ heavy_age_ms: 0, cache: 'miss' });
    const second = await send(101, picture);
    expect(second.metadata).toMatchObject({ heavy_age_ms: 1000, cache: 'hit', motion: 0, scene_cut: false });
    expect(second.hud['health']).toMatchObject({ value: 85, age_ms: 1000 });
    expect(second.frame.sequence).toBe(2);
    expect(recognition.jobs).toHaveLength(1);
    expect(facts.filter((name) => name === 'vision.frame_analysed')).toHaveLength(2);
  });

  it('answers frames at once while a heavy stage is under way, and does not forget a cut that it saw meanwhile', async () => {
    const { recognition, send } = open();
    const dark = await makePicture({ seed: 1, width: 480, height: 270 });
    const other = await makePicture({ seed: 40, width: 64, height: 36 });
    const first = send(100, dark);
    await settle();
    const meanwhile = await send(100.1, other);
    expect(meanwhile.metadata).toMatchObject({ scene_cut: true, heavy_age_ms: null, cache: 'hit' });
    expect(recognition.jobs).toHaveLength(1);
    recognition.finish('85');
    await first;
    const next = send(100.2, other);
    await settle();
    expect(recognition.jobs.map(({ job }) => job.sceneCut)).toEqual([false, true]);
    recognition.finish('70');
    expect((await next).frame.sequence).toBe(3);
  });

  it('reads numbers that change with every frame without decoding each to see it, and stops when they stand still', async () => {
    const { recognition, pictures, send } = open();
    const looks = jest.spyOn(pictures, 'useLuma');
    const play = async (timestamp: number, picture: Uint8Array): Promise<void> => {
      const jobs = recognition.jobs.length;
      const answer = send(timestamp, picture);
      await settle();
      if (recognition.jobs.length > jobs) recognition.finish('85');
      await answer;
    };
    for (let i = 0; i < 30; i++) await play(100 + i, await makePicture({ seed: i, width: 480, height: 270 }));
    expect([recognition.jobs.length, looks.mock.calls.length < 15]).toEqual([30, true]);
    const still = await makePicture({ seed: 1, width: 480, height: 270 });
    for (let i = 0; i < 15; i++) await play(130 + i, still);
    recognition.jobs.length = 0;
    for (let i = 0; i < 12; i++) await play(145 + i, still);
    // What the interval asks for: one in three seconds.
    expect(recognition.jobs.map(({ job }) => job.scope)).toEqual(['all', 'all', 'all', 'all']);
  });

  it('fails only the frame whose heavy stage failed', async () => {
    const { recognition, send } = open();
    const picture = await makePicture();
    const first = send(100, picture);
    await settle();
    recognition.jobs[0]?.answer.reject(new AppError('vision_failed'));
    await expect(first).rejects.toMatchObject({ code: 'vision_failed' });
    const second = send(101, picture);
    await settle();
    recognition.finish('50');
    expect((await second).hud['health']).toMatchObject({ value: 50 });
  });

  it('searches a screen without a profile for text once, for as long as results may be shared', async () => {
    const text = { label: 'text', category: 'hud_text', confidence: 0.9, box: [0, 0, 1, 1], text: 'PLAY' } as const;
    const search = async (cache: VisionSettings['cache']): Promise<unknown[]> => {
      const { recognition, send } = open({ cache, analysisIntervalMs: 1000 });
      const results: unknown[] = [];
      for (const [at, seed] of [
        [100, 1],
        [102, 40],
        [104, 1],
      ] as const) {
        const size = seed === 1 ? { width: 480, height: 270 } : { width: 64, height: 36 };
        const answer = send(at, await makePicture({ seed, ...size }));
        await settle();
        const job = recognition.jobs.at(-1)?.job;
        recognition.find(job?.findText ? [{ ...text, text: `${at}` }] : []);
        const { detections, metadata } = await answer;
        results.push([job?.findText, detections[0]?.text, metadata.reuse?.scene?.hits]);
      }
      return results;
    };
    const off = { enabled: false, similarity: 0.95, ttlMs: 10_000 };
    expect(await search({ ...off, enabled: true })).toEqual([
      [true, '100', 0],
      [true, '102', 0],
      [false, '100', 1],
    ]);
    expect((await search(off)).map((result) => (result as unknown[])[1])).toEqual(['100', '102', '104']);
  });

  it('remembers of a screen only what was searched to the end, and goes on with it soon', async () => {
    const cache = { enabled: true, similarity: 0.95, ttlMs: 10_000 };
    const { recognition, send } = open({ cache, analysisIntervalMs: 3000 });
    const picture = await makePicture();
    const text = { label: 'text', category: 'hud_text', confidence: 0.9, box: [0, 0, 1, 1] } as const;
    const found: [boolean | undefined, number][] = [];
    for (const [at, deferred] of [
      [100, ['text']],
      [100.6, []],
      [104, []],
    ] as const) {
      const answer = send(at, picture);
      await settle();
      recognition.find([{ ...text, text: `${at}` }], deferred);
      found.push([recognition.jobs.at(-1)?.job.findText, (await answer).detections.length]);
    }
    expect(found).toEqual([
      [true, 1],
      [true, 1],
      [false, 1],
    ]);
  });

  it('takes its time over a frame that comes alone, at whatever effort', async () => {
    const { session, recognition, send } = open();
    session.configure({ effort: { intervalFactor: 4, textBudget: 0.25, restingSkills: [] } });
    const answer = send(100, await makePicture(), { isAlone: true });
    await settle();
    recognition.finish('85');
    await answer;
    expect(recognition.jobs.map(({ job }) => job.budgetMs)).toEqual([4000]);
  });

  it('runs the cheap stage alone for a session without skills', async () => {
    const { recognition, send } = open({ skills: [] });
    const result = await send(100, await makePicture());
    expect(recognition.jobs).toHaveLength(0);
    expect(result).toMatchObject({ game: null, hud: {}, events: [], metadata: { cache: 'off', heavy_age_ms: null } });
    expect(result.frame.hash).toMatch(/^[0-9a-f]{16}$/);
  });

  it('leaves out what its skills do not cover', async () => {
    const { recognition, send } = open({ skills: ['game_events'] });
    const answer = send(100, await makePicture());
    await settle();
    recognition.finish('12');
    expect(await answer).toMatchObject({ game: { id: 'openarena' }, hud: {}, callouts: [] });
  });

  it('does less for each frame at a lower effort, and all of it again at full effort', async () => {
    const { session, recognition, send } = open();
    const picture = await makePicture();
    const heavyAt = async (timestamp: number): Promise<number> => {
      const before = recognition.jobs.length;
      const answer = send(timestamp, picture);
      await settle();
      if (recognition.jobs.length > before) recognition.finish('85');
      await answer;
      return recognition.jobs.length;
    };
    expect(await heavyAt(100)).toBe(1);
    session.configure({ effort: { intervalFactor: 4, textBudget: 0.25, restingSkills: ['text_detection'] } });
    expect(await heavyAt(103)).toBe(1);
    expect(await heavyAt(112)).toBe(2);
    expect(recognition.jobs.map(({ job }) => [job.budgetMs, job.findText])).toEqual([
      [80, true],
      [20, false],
    ]);
    session.configure({ skills: ['hud_reading', 'text_detection'] });
    session.configure({ effort: FULL_EFFORT });
    expect(await heavyAt(115)).toBe(3);
    expect(recognition.jobs.at(-1)?.job).toMatchObject({ budgetMs: 80, findText: true });
  });

  it('answers without a heavy stage while it would wait too long for others, and has one when it is overdue', async () => {
    const { recognition, send } = open({ analysisIntervalMs: 500 });
    const picture = await makePicture();
    const first = send(100, picture);
    await settle();
    recognition.finish('85');
    await first;
    recognition.wait = 100;
    expect((await send(100.5, picture)).metadata).toMatchObject({ cache: 'hit', heavy_age_ms: 500 });
    const overdue = send(101, picture);
    await settle();
    expect(recognition.jobs).toHaveLength(2);
    recognition.finish('85');
    await overdue;
  });

  it('tells when only the heavy stage is still waited for', async () => {
    const { session, recognition } = open();
    const frame = { id: 'frm_1', width: 64, height: 36, timestamp: 1, source: 's', channel: null };
    let isCheapDone = false;
    const answer = session.analyze({ ...frame, bytes: await makePicture() }, 0, () => (isCheapDone = true));
    expect(isCheapDone).toBe(false);
    await settle();
    expect(isCheapDone).toBe(true);
    recognition.finish('85');
    await answer;
  });

  it.each([
    ['invalid_image', (picture: Buffer) => picture.subarray(0, 300)],
    ['unsupported_image', () => Buffer.from('this is not a picture')],
  ])('answers %s for a bad picture and goes on', async (code, spoil) => {
    const { recognition, send } = open();
    const picture = await makePicture();
    await expect(send(100, spoil(picture))).rejects.toMatchObject({ code });
    const good = send(101, picture);
    await settle();
    recognition.finish('99');
    expect((await good).frame.sequence).toBe(1);
  });

  it('rejects what is under way when it is closed, and may be closed twice', async () => {
    const { session, recognition, send } = open();
    const picture = await makePicture();
    const first = send(100, picture);
    const rejected = expect(first).rejects.toMatchObject({ code: 'session_closed' });
    await settle();
    await session.close();
    await session.close();
    await rejected;
    expect(recognition.forgotten).toEqual(['sess_test']);
    await expect(send(101, picture)).rejects.toMatchObject({ code: 'session_closed' });
  });

  it('keeps frames apart that are given at the same time', async () => {
    const { send } = open({ skills: [] });
    const pictures = await Promise.all(
      [1, 2, 3, 4].map((seed) => makePicture({ seed, format: seed % 2 ? 'jpeg' : 'png' })),
    );
    const together = await Promise.all(pictures.map((picture, index) => send(index, picture)));
    for (const [index, picture] of pictures.entries()) {
      const alone = await open({ skills: [] }).send(0, picture);
      expect(together[index]?.frame).toMatchObject({ hash: alone.frame.hash, sequence: index + 1 });
    }
  });
});
