import { AppError, FULL_EFFORT, unixSeconds } from '@jiga/contracts';
import type {
  AnalysisChanges,
  AnalysisEffort,
  AnalysisSession,
  Clock,
  Detection,
  DomainEvents,
  Frame,
  SceneEnricher,
  SkillSelection,
  VisionResult,
  VisionSettings,
} from '@jiga/contracts';
import { SceneCache } from '@jiga/media';
import { MatchTracker, OPENARENA_RULES } from '../match/index.js';
import type { MatchRules } from '../match/index.js';
import { PROFILES, profileById } from '../profiles/profile.registry.js';
import type { RecognitionPort } from '../recognition/recognition.port.js';
import { HudLook, HudWatch } from '../scene/hud-watch.js';
import { SceneWatch } from '../scene/scene.js';
import type { SceneChange } from '../scene/scene.js';
import { NOTHING_KNOWN, composeResult } from './compose-result.js';
import type { CheapFrame, HeavyRun } from './compose-result.js';
import { enrichResult } from './enrich-result.js';
import { HeavySchedule } from './heavy-schedule.js';
import type { HeavyStart, Moment } from './heavy-schedule.js';
import { decoded } from './pictures.js';
import type { Pictures } from './pictures.js';
import { SkillSet } from './skills.js';
import { SkillLimits } from './skill-limits.js';

/** Facts that vision tells the rest of the server. */
export type PublishVision = <K extends 'vision.frame_analysed' | 'vision.game_event' | 'vision.callout'>(
  name: K,
  fact: DomainEvents[K],
) => void;

export interface VisionSessionParts {
  readonly clock: Clock;
  readonly pictures: Pictures;
  readonly recognition: RecognitionPort;
  readonly publish: PublishVision;
  /** Time for text recognition in one heavy stage. Milliseconds. */
  readonly textBudgetMs: number;
  /** Without one, only this machine looks at frames. */
  readonly enricher?: SceneEnricher | null;
}

/** Time for the text of a frame that comes alone: the sender waits for all of it. Milliseconds. */
const WHOLE_TEXT_MS = 4000;

const MATCH_RULES: Readonly<Record<string, MatchRules>> = { [OPENARENA_RULES.profileId]: OPENARENA_RULES };

/** One session's analysis: the cheap stage on every frame, the heavy stage on those that the schedule picks. */
export class VisionSession implements AnalysisSession {
  private readonly scene = new SceneWatch();
  private readonly hud = new HudWatch();
  /** What was found on screens that may come again. */
  private readonly scenes: SceneCache<readonly Detection[]> | null;
  private readonly schedule: HeavySchedule;
  private chosenSkills: SkillSelection | null;
  private effort: AnalysisEffort = FULL_EFFORT;
  private skills: SkillSet;
  private limits: SkillLimits;
  private tracker: MatchTracker | null = null;
  private profileId: string | null = null;
  private detections: readonly Detection[] = [];
  /** The frame that was last read by the heavy stage. */
  private lastRead: Moment | null = null;
  private sequence = 0;
  private closed = false;
  /** Each frame is compared with the one before it, so they are looked at one by one. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly settings: VisionSettings,
    private readonly parts: VisionSessionParts,
  ) {
    this.schedule = new HeavySchedule(settings.analysisIntervalMs);
    this.scenes = settings.cache.enabled ? new SceneCache(settings.cache) : null;
    this.chosenSkills = settings.skills;
    this.skills = new SkillSet(settings.skills);
    this.limits = new SkillLimits(this.skills);
  }

  get needsHeavyStage(): boolean {
    return this.skills.needsHeavyStage;
  }

  async analyze(frame: Frame, queueMs: number, onCheapDone?: () => void): Promise<VisionResult> {
    this.assertOpen();
    const startedAt = this.parts.clock.monotonicMs();
    const turn = this.turn.then(() => this.runCheap(frame, startedAt));
    this.turn = turn.catch(() => undefined);
    const cheap = await turn;
    onCheapDone?.();
    const stages: Record<string, number> = { decode: cheap.decodeMs, cheap: cheap.cheapMs };
    const heavy = cheap.heavy && (await this.runHeavy(frame, cheap, cheap.heavy));
    Object.assign(stages, heavy?.stages);
    this.assertOpen();
    const composed = composeResult(cheap, stages, heavy?.reuse ?? null, {
      match: this.limits.match(this.tracker?.snapshot(cheap.info.timestamp) ?? NOTHING_KNOWN),
      detections: this.detections,
      mode: this.settings.mode,
      hasHeavyStage: this.needsHeavyStage,
      lastRead: this.lastRead,
      queueMs,
      processingMs: this.parts.clock.monotonicMs() - startedAt,
    });
    const result = this.enrich(composed, frame, cheap);
    this.tell(result);
    return result;
  }

  configure({ skills = this.chosenSkills, effort = this.effort }: AnalysisChanges): void {
    this.chosenSkills = skills;
    this.effort = effort;
    this.skills = new SkillSet(skills, effort.restingSkills);
    this.limits = new SkillLimits(this.skills);
    this.tune();
    this.schedule.setInterval(this.settings.analysisIntervalMs * effort.intervalFactor);
  }

  close(): Promise<void> {
    if (!this.closed) {
      this.closed = true;
      this.parts.recognition.forget(this.settings.sessionId);
      this.parts.enricher?.forget(this.settings.sessionId);
    }
    return Promise.resolve();
  }

  private assertOpen(): void {
    if (this.closed) throw new AppError('session_closed');
  }

  private async runCheap(frame: Frame, arrivedAtMs: number): Promise<CheapFrame> {
    this.assertOpen();
    const { clock, pictures } = this.parts;
    const startedAt = clock.monotonicMs();
    const glance = await decoded(pictures.glance(frame.bytes));
    const decodedAt = clock.monotonicMs();
    const scene = this.scene.observe(glance);
    const moment = { timestamp: frame.timestamp, arrivedAtMs };
    const heavy = this.needsHeavyStage ? await this.chooseHeavy(frame.bytes, scene, moment) : null;
    const { id, timestamp, source, channel } = frame;
    const { width, height } = glance;
    const info = { id, sequence: ++this.sequence, timestamp, width, height, hash: scene.hash, source, channel };
    return { info, scene, moment, heavy, decodeMs: decodedAt - startedAt, cheapMs: clock.monotonicMs() - decodedAt };
  }

  private async chooseHeavy(bytes: Uint8Array, scene: SceneChange, moment: Moment): Promise<CheapFrame['heavy']> {
    const profile = this.profileId === null ? null : profileById(this.profileId);
    if (scene.cut) this.schedule.noteCut();
    if (!this.schedule.hasRoom(moment, this.parts.recognition.waitMs(this.settings.sessionId))) return null;
    const mayBring = profile !== null && this.schedule.wantsChanges(moment);
    if (!mayBring && !this.schedule.due(moment)) return null;
    if (profile !== null && this.hud.takesForChanged()) return this.begin(moment, mayBring);
    return decoded(
      this.parts.pictures.useLuma(bytes, (image) => {
        const look = new HudLook(image);
        const hasChanged = profile !== null && this.hud.hasChanged(look, profile);
        const start = this.begin(moment, mayBring && hasChanged);
        if (start) this.hud.remember(look, profile ? [profile] : PROFILES);
        return start;
      }),
    );
  }

  private begin(moment: Moment, hasChanged: boolean): HeavyStart | null {
    if (hasChanged) this.schedule.noteChange();
    const scope = this.schedule.due(moment);
    return scope && this.schedule.begin(moment, scope);
  }

  private async runHeavy(frame: Frame, cheap: CheapFrame, { scope, sceneCut }: HeavyStart): Promise<HeavyRun> {
    const { clock, recognition, textBudgetMs } = this.parts;
    const startedAt = clock.monotonicMs();
    let succeeded = false;
    try {
      const { sessionId, game } = this.settings;
      const { bytes, timestamp } = frame;
      const budgetMs = frame.isAlone ? WHOLE_TEXT_MS : textBudgetMs * this.effort.textBudget;
      // With a profile there is no text to be found anywhere, and a scene that is known has been searched.
      const wantsText = this.skills.has('text_detection') && this.profileId === null;
      const known = wantsText ? this.scenes?.find(cheap.info.hash, startedAt) : undefined;
      const findText = this.skills.has('text_detection') && !known;
      const shareText = this.settings.cache.enabled;
      const job = { scope, sessionId, bytes, timestamp, sceneCut, game, budgetMs, findText, shareText };
      const result = await recognition.analyse(job);
      this.assertOpen();
      succeeded = true;
      const detections = known ?? result.detections;
      const { deferred } = result;
      // Half of a screen's text is not what the next such screen says.
      if (!known && wantsText && result.readings.profileId === null && deferred.length === 0)
        this.scenes?.store(cheap.info.hash, detections, startedAt);
      this.take(result.readings, detections, cheap.moment);
      if (deferred.length > 0) this.schedule.noteUnread();
      const heavy = result.stagesMs.decode + result.stagesMs.read;
      const scene = wantsText && this.scenes ? { scene: { hits: known ? 1 : 0, misses: known ? 0 : 1 } } : {};
      return {
        stages: { heavy, heavy_wait: Math.max(0, clock.monotonicMs() - startedAt - heavy) },
        reuse: { ...scene, ...result.reuse },
      };
    } finally {
      this.schedule.end(scope, succeeded);
    }
  }

  private take(
    readings: Parameters<MatchTracker['update']>[0],
    detections: readonly Detection[],
    moment: Moment,
  ): void {
    this.lastRead = moment;
    this.detections = this.limits.detections(detections);
    this.profileId = readings.profileId;
    const rules = readings.profileId === null ? undefined : MATCH_RULES[readings.profileId];
    if (rules && !this.tracker) {
      this.tracker = new MatchTracker(rules);
      this.tune();
    }
    this.tracker?.update(readings, { timestamp: moment.timestamp });
  }

  private tune(): void {
    this.tracker?.retune(this.limits.tuning);
  }

  private enrich(result: VisionResult, { bytes }: Frame, { heavy, scene }: CheapFrame): VisionResult {
    const { enricher } = this.parts;
    if (!enricher || !this.needsHeavyStage) return result;
    const { sessionId } = this.settings;
    const { game, hud } = result;
    if (heavy) enricher.offer({ sessionId, bytes, hash: scene.hash, known: { game, hud } });
    return enrichResult(result, enricher.findingsFor(sessionId, scene.hash, scene.cut));
  }

  private tell(result: VisionResult): void {
    const { sessionId } = this.settings;
    const at = unixSeconds(this.parts.clock);
    this.parts.publish('vision.frame_analysed', { sessionId, at, result });
    for (const event of result.events) this.parts.publish('vision.game_event', { sessionId, at, event });
    for (const callout of result.callouts) this.parts.publish('vision.callout', { sessionId, at, callout });
  }
}
