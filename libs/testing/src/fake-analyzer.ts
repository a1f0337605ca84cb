import { AppError, FULL_EFFORT, newId } from '@jiga/contracts';
import type {
  AnalysisChanges,
  AnalysisEffort,
  AnalysisSession,
  Frame,
  FrameAnalyzer,
  VisionResult,
  VisionSettings,
} from '@jiga/contracts';

import { deferred } from './deferred.js';
import type { Deferred } from './deferred.js';

/** A frame that the fake was given and has not answered yet. */
export interface PendingAnalysis {
  readonly frame: Frame;
  readonly queueMs: number;
  finish(overrides?: Partial<VisionResult>): void;
  fail(error: unknown): void;
}

/** What the fake does with a frame: answers at once (`now`), or leaves it in `pending` until the test decides (`held`). */
export type FakeBehaviour = 'now' | 'held';

/** One opened analysis: records every frame and how many were under way at most. */
export class FakeAnalysis implements AnalysisSession {
  readonly frames: Frame[] = [];
  readonly pending: PendingAnalysis[] = [];
  mostAtOnce = 0;
  closedTimes = 0;
  /** As last configured. */
  settings: VisionSettings;
  effort: AnalysisEffort = FULL_EFFORT;
  #sequence = 0;
  readonly #open = new Set<Deferred<VisionResult>>();

  constructor(
    settings: VisionSettings,
    private readonly owner: FakeAnalyzer,
  ) {
    this.settings = settings;
  }

  configure({ skills, effort }: AnalysisChanges): void {
    if (skills !== undefined) this.settings = { ...this.settings, skills };
    if (effort) this.effort = effort;
  }

  analyze(frame: Frame, queueMs: number, onCheapDone?: () => void): Promise<VisionResult> {
    this.frames.push(frame);
    onCheapDone?.();
    const sequence = ++this.#sequence;
    const result = { ...fakeResult(frame, sequence, this.settings, queueMs), ...this.owner.overrides };
    if (this.owner.behaviour === 'now') return Promise.resolve(result);
    const answer = deferred<VisionResult>();
    this.#open.add(answer);
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#open.size);
    const settle = (act: () => void): void => {
      this.#open.delete(answer);
      const index = this.pending.indexOf(entry);
      if (index >= 0) this.pending.splice(index, 1);
      act();
    };
    const entry: PendingAnalysis = {
      frame,
      queueMs,
      finish: (overrides) => settle(() => answer.resolve({ ...result, ...overrides })),
      fail: (error) => settle(() => answer.reject(error)),
    };
    this.pending.push(entry);
    return answer.promise;
  }

  close(): Promise<void> {
    this.closedTimes += 1;
    for (const answer of this.#open) answer.reject(new AppError('session_closed'));
    this.#open.clear();
    this.pending.length = 0;
    return Promise.resolve();
  }
}

/** Vision for tests of everything around it. The test scripts `behaviour` and looks at `sessions`. */
export class FakeAnalyzer implements FrameAnalyzer {
  readonly sessions: FakeAnalysis[] = [];
  /** What every result says besides. */
  overrides: Partial<VisionResult> = {};

  constructor(public behaviour: FakeBehaviour = 'now') {}

  open(settings: VisionSettings): FakeAnalysis {
    const session = new FakeAnalysis(settings, this);
    this.sessions.push(session);
    return session;
  }

  /** The analysis of one session, or the only one. */
  of(sessionId?: string): FakeAnalysis {
    const found = this.sessions.find(({ settings }) => sessionId === undefined || settings.sessionId === sessionId);
    if (!found) throw new Error('no analysis is open');
    return found;
  }
}

/** A result that says nothing about the game, of the full shape. */
export function fakeResult(
  frame: Frame,
  sequence: number,
  settings: Pick<VisionSettings, 'mode'>,
  queueMs: number,
): VisionResult {
  const { id, timestamp, width, height, source, channel } = frame;
  return {
    analysis_id: newId('analysis'),
    frame: { id, sequence, timestamp, width, height, hash: '0'.repeat(16), source, channel },
    game: null,
    game_mode: null,
    map: null,
    teams: null,
    hud: {},
    detections: [],
    events: [],
    tactical: { threat_level: null, situation: null, recommendations: [] },
    callouts: [],
    team_messages: [],
    confidence: null,
    metadata: {
      provider: 'fake',
      mode: settings.mode,
      cache: 'off',
      heavy_age_ms: null,
      stages_ms: {},
      queue_ms: queueMs,
      processing_ms: 0,
      motion: null,
      scene_cut: false,
    },
  };
}
