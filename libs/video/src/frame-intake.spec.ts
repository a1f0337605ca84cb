import { beforeEach, describe, expect, it } from '@jest/globals';

import { AppError } from '@jiga/contracts';
import type { Frame } from '@jiga/contracts';
import { FakeAnalyzer, VirtualClock, turn } from '@jiga/testing';
import type { FakeAnalysis } from '@jiga/testing';

import { FrameIntake } from './frame-intake.js';
import { FrameScheduler } from './frame-scheduler.js';
import type { FrameOutcome, IntakeRecorder } from './frame-intake.js';

class Recorder implements IntakeRecorder {
  received = 0;
  analysed = 0;
  readonly dropped: string[] = [];
  readonly failed: string[] = [];
  frameReceived(): void {
    this.received += 1;
  }
  frameAnalysed(): void {
    this.analysed += 1;
  }
  frameDropped(reason: string): void {
    this.dropped.push(reason);
  }
  frameFailed({ code }: AppError): void {
    this.failed.push(code);
  }
}

describe('FrameIntake', () => {
  const me = {};
  let clock: VirtualClock;
  let recorder: Recorder;
  let analysis: FakeAnalysis;
  let answers: Map<string, FrameOutcome[]>;

  beforeEach(() => {
    clock = new VirtualClock();
    recorder = new Recorder();
    analysis = new FakeAnalyzer('held').open({
      sessionId: 'sess_1',
      game: 'auto',
      mode: 'normal',
      analysisIntervalMs: 3000,
      cache: { enabled: false, similarity: 1, ttlMs: 0 },
      skills: null,
    });
    answers = new Map();
  });

  const intakeOf = (concurrency: number): FrameIntake =>
    new FrameIntake({
      sessionId: 'sess_1',
      analysis,
      concurrency,
      waitingBytesMax: 1_000,
      timeoutMs: 10_000,
      clock,
      recorder,
      scheduler: new FrameScheduler({ clock, atOnce: 4 }),
    });

  const frame = (id: string): Frame => ({
    id,
    bytes: new Uint8Array(10),
    width: 4,
    height: 3,
    timestamp: 1,
    source: 'test',
    channel: null,
  });

  const offer = (intake: FrameIntake, id: string, owner: object = me): void => {
    answers.set(id, []);
    intake.offer(frame(id), owner, (outcome) => answers.get(id)?.push(outcome));
  };
  const answerOf = (id: string): string => {
    const given = answers.get(id) ?? [];
    return given
      .map((o) => (o.kind === 'result' ? 'result' : o.kind === 'dropped' ? o.reason : o.error.code))
      .join(' and ');
  };
  const underWay = (): string[] => analysis.pending.map(({ frame: { id } }) => id);
  const finishAll = async (): Promise<void> => {
    const all = analysis.pending.slice();
    for (const pending of all) pending.finish();
    await turn();
    await turn();
  };

  it('keeps of a burst what the credit promises, the newest, and answers every frame once', async () => {
    const intake = intakeOf(1);
    const ids = Array.from({ length: 60 }, (_, i) => `f${i}`);
    for (const id of ids) offer(intake, id);
    expect(analysis.frames).toHaveLength(0);
    await turn();
    expect(underWay()).toEqual(['f58']);
    await finishAll();
    expect(underWay()).toEqual(['f59']);
    await finishAll();
    for (const id of ['f58', 'f59']) expect(answerOf(id)).toBe('result');
    for (const id of ids.slice(0, 58)) expect(answerOf(id)).toBe('superseded');
    expect(recorder).toMatchObject({ received: 60, analysed: 2, failed: [] });
    expect(recorder.dropped).toHaveLength(58);
    expect(intake.size).toBe(0);
    intake.close();
    expect(clock.pending).toBe(0);
  });

  it('lets the newest frame wait for the one under analysis', async () => {
    const intake = intakeOf(1);
    offer(intake, 'a');
    await turn();
    offer(intake, 'b');
    await turn();
    offer(intake, 'c');
    await turn();
    expect(underWay()).toEqual(['a']);
    expect(answerOf('b')).toBe('superseded');
    clock.advance(40);
    await finishAll();
    expect(underWay()).toEqual(['c']);
    expect(analysis.pending[0]?.queueMs).toBe(40);
    await finishAll();
    expect([answerOf('a'), answerOf('c')]).toEqual(['result', 'result']);
  });

  it('analyses as many at once as the session may, in order, and answers as they finish', async () => {
    const intake = intakeOf(3);
    for (const id of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) offer(intake, id);
    await turn();
    expect(answerOf('a')).toBe('superseded');
    expect(underWay()).toEqual(['b', 'c', 'd']);
    analysis.pending[1]?.finish();
    await turn();
    expect([answerOf('b'), answerOf('c')]).toEqual(['', 'result']);
    await finishAll();
    expect(analysis.mostAtOnce).toBe(3);
  });

  it('has no more than two frames in the cheap stage, which looks at them one by one anyway', async () => {
    const cheapDone: (() => void)[] = [];
    const analyze = analysis.analyze.bind(analysis);
    analysis.analyze = (frame, queueMs, onCheapDone) => {
      if (onCheapDone) cheapDone.push(onCheapDone);
      return analyze(frame, queueMs);
    };
    const intake = intakeOf(4);
    for (const id of ['a', 'b', 'c', 'd']) offer(intake, id);
    await turn();
    expect(underWay()).toEqual(['a', 'b']);
    cheapDone[0]?.();
    cheapDone[0]?.();
    await turn();
    expect(underWay()).toEqual(['a', 'b', 'c']);
    // A frame that ends without a word has left the stage too.
    analysis.pending[1]?.finish();
    await turn();
    await turn();
    expect(underWay()).toEqual(['a', 'c', 'd']);
    intake.close();
  });

  it('gives the reason of a failed analysis without its details', async () => {
    const intake = intakeOf(2);
    offer(intake, 'broken');
    offer(intake, 'crash');
    await turn();
    analysis.pending[0]?.fail(new AppError('invalid_image'));
    analysis.pending[0]?.fail(new TypeError('internals'));
    await turn();
    expect([answerOf('broken'), answerOf('crash')]).toEqual(['invalid_image', 'vision_failed']);
    expect(JSON.stringify(answers.get('crash'))).not.toContain('internals');
    expect(recorder.failed).toEqual(['invalid_image', 'vision_failed']);
    offer(intake, 'next');
    await turn();
    await finishAll();
    expect(answerOf('next')).toBe('result');
  });

  it('gives up an analysis that never ends, and goes on', async () => {
    const intake = intakeOf(1);
    offer(intake, 'lost');
    await turn();
    offer(intake, 'next');
    clock.advance(10_000);
    await turn();
    expect(answerOf('lost')).toBe('vision_failed');
    expect(underWay()).toEqual(['lost', 'next']);
    await finishAll();
    expect([answerOf('lost'), answerOf('next')]).toEqual(['vision_failed', 'result']);
    expect(recorder.analysed).toBe(1);
  });

  it('answers everything when the session ends in the middle, and whatever comes later', async () => {
    const intake = intakeOf(1);
    offer(intake, 'a');
    await turn();
    offer(intake, 'b');
    intake.close();
    intake.close();
    offer(intake, 'c');
    expect([answerOf('a'), answerOf('b'), answerOf('c')]).toEqual(Array(3).fill('session_closed'));
    await analysis.close();
    await turn();
    expect(answerOf('a')).toBe('session_closed');
    expect(clock.pending).toBe(0);
  });

  it('shares the session between its sockets and forgets the frames of one that went away', async () => {
    const intake = intakeOf(2);
    const other = {};
    offer(intake, 'mine');
    offer(intake, 'theirs', other);
    await turn();
    offer(intake, 'mine too');
    offer(intake, 'theirs too', other);
    intake.withdraw(me, null);
    await finishAll();
    await finishAll();
    expect([answerOf('mine'), answerOf('mine too')]).toEqual(['', '']);
    expect([answerOf('theirs'), answerOf('theirs too')]).toEqual(['result', 'result']);
    expect(analysis.frames.map(({ id }) => id)).toEqual(['mine', 'theirs', 'theirs too']);
    expect(recorder.dropped).toEqual(['client_gone', 'client_gone']);
  });

  it('answers the frames of one socket at once when it must end', async () => {
    const intake = intakeOf(1);
    offer(intake, 'a');
    await turn();
    offer(intake, 'b');
    intake.withdraw(me, { kind: 'dropped', reason: 'server_draining' });
    expect([answerOf('a'), answerOf('b')]).toEqual(['server_draining', 'server_draining']);
  });
});
