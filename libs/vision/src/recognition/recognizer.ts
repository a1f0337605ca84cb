import { ImageDecoder } from '@jiga/media';
import type { RgbImage } from '@jiga/media';
import { GLYPH_SETS, PROFILES, profileById } from '../profiles/profile.registry.js';
import type { GameProfile } from '../profiles/profile.types.js';
import type { FrameReadings } from '../types.js';
import { classMask } from './ctc.js';
import { FrameReader } from './frame-reader.js';
import { GameBelief, frameEvidence } from './game-detector.js';
import { OcrModel, TextDetectionModel } from './ocr-model.js';
import { RecognitionState } from './region-state.js';
import { findTextAreas } from './text-detector.js';
import { readLine } from './text-reader.js';
import { TextSearch } from './text-search.js';
import type { RecognitionJob, RecognitionResult } from './worker.messages.js';

/** A session that named its game is believed at least this far before anything was read. */
const NAMED_CONFIDENCE = 0.6;
/** What {@link RecognitionResult.deferred} calls text of a game without a profile. */
const SEARCHED_TEXT = 'text';
const PRINTABLE = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('');

type Found = Pick<RecognitionResult, 'readings' | 'deferred' | 'reuse'>;

const NO_TEXT = { detections: [], complete: true };
const NO_REUSE: Found['reuse'] = { hud: { hits: 0, misses: 0 }, text: { hits: 0, misses: 0 } };

/** What the heavy stage remembers of one session. */
interface SessionMemory {
  readonly regions: Map<string, RecognitionState>;
  readonly beliefs: Map<string, GameBelief>;
  readonly text: TextSearch;
}

/** The heavy stage itself: everything that blocks its thread. One for a worker; sessions take turns. */
export class Recognizer {
  private readonly decoder = new ImageDecoder();
  private readonly sessions = new Map<string, SessionMemory>();
  private readonly reader: FrameReader;
  private readonly printable: ReturnType<typeof classMask>;
  private detector: Promise<TextDetectionModel> | null = null;

  private constructor(
    private readonly model: OcrModel,
    private readonly nowMs: () => number,
  ) {
    this.reader = new FrameReader(model, GLYPH_SETS, nowMs);
    this.printable = classMask(PRINTABLE, model.characters);
  }

  static async load(nowMs: () => number): Promise<Recognizer> {
    return new Recognizer(await OcrModel.load(), nowMs);
  }

  /** Reads one frame. Throws `ImageDecodeError` for a picture that does not decode. */
  async analyse(job: RecognitionJob): Promise<RecognitionResult> {
    const startedAt = this.nowMs();
    const image = await this.decoder.decodeRgb(job.bytes);
    const decodedAt = this.nowMs();
    const memory = this.memory(job.sessionId);
    const found = await this.readGame(image, job, memory);
    const searches = job.findText && found.readings.profileId === null;
    const text = searches ? await this.searchText(image, job, memory.text, decodedAt + job.budgetMs) : NO_TEXT;
    const deferred = text.complete ? found.deferred : [...found.deferred, SEARCHED_TEXT];
    const stagesMs = { decode: decodedAt - startedAt, read: this.nowMs() - decodedAt };
    return { ...found, deferred, detections: text.detections, stagesMs };
  }

  forget(sessionId: string): void {
    this.sessions.delete(sessionId);
  }

  private memory(sessionId: string): SessionMemory {
    let memory = this.sessions.get(sessionId);
    if (!memory) {
      memory = { regions: new Map(), beliefs: new Map(), text: new TextSearch() };
      this.sessions.set(sessionId, memory);
    }
    return memory;
  }

  /** Reads with the profile that the session named, or with the one whose game this turns out to be. */
  private async readGame(image: RgbImage, job: RecognitionJob, memory: SessionMemory): Promise<Found> {
    const named = job.game === 'auto' ? null : profileById(job.game);
    const candidates = job.game === 'auto' ? PROFILES : named ? [named] : [];
    for (const profile of candidates) {
      const belief = entry(memory.beliefs, profile.id, () => new GameBelief());
      if (belief.confidence === null) belief.observe(await this.signsOf(image, job, profile));
      if (belief.confidence === null && !named) continue;
      return this.readAll(image, job, memory, profile);
    }
    return { readings: emptyReadings(job), deferred: [], reuse: NO_REUSE };
  }

  /** What the numbers of the HUD alone say for a game that is not recognised yet: they cost little to look at. */
  private async signsOf(image: RgbImage, job: RecognitionJob, profile: GameProfile): Promise<number> {
    const signs = profile.regions.filter(({ kind, evidence }) => evidence !== undefined && kind === 'digits');
    const picture = { image, timestamp: job.timestamp, shareText: job.shareText, scope: job.scope };
    const { regions } = await this.reader.read(picture, { ...profile, regions: signs }, new RecognitionState(), 0);
    return frameEvidence(profile, regions);
  }

  private async readAll(
    image: RgbImage,
    job: RecognitionJob,
    memory: SessionMemory,
    profile: GameProfile,
  ): Promise<Found> {
    const belief = entry(memory.beliefs, profile.id, () => new GameBelief());
    const state = entry(memory.regions, profile.id, () => new RecognitionState());
    const picture = { image, timestamp: job.timestamp, shareText: job.shareText, scope: job.scope };
    const { regions, unchanged, deferred, reuse } = await this.reader.read(picture, profile, state, job.budgetMs);
    belief.observe(frameEvidence(profile, state.readings()));
    const least = job.game === profile.id ? NAMED_CONFIDENCE : 0;
    const profileConfidence = Math.max(least, belief.confidence ?? 0);
    // The evidence has run out: this is no longer that game.
    if (profileConfidence === 0) return { readings: emptyReadings(job), deferred: [], reuse };
    return {
      readings: { ...emptyReadings(job), profileId: profile.id, profileConfidence, regions, unchanged },
      deferred,
      reuse,
    };
  }

  private async searchText(
    image: RgbImage,
    { timestamp, sceneCut }: RecognitionJob,
    search: TextSearch,
    deadline: number,
  ): ReturnType<TextSearch['look']> {
    const before = this.nowMs();
    const detector = await (this.detector ??= TextDetectionModel.load());
    // Loading the model is not the frame's doing.
    const loadedMs = this.nowMs() - before;
    const parts = {
      findAreas: (picture: RgbImage) => findTextAreas(detector, picture),
      readLine: (line: RgbImage) =>
        readLine(this.model, line, { x: 0, y: 0, width: line.width, height: line.height }, this.printable),
    };
    return search.look({ image, timestamp, sceneCut }, parts, () => this.nowMs() < deadline + loadedMs);
  }
}

function emptyReadings({ timestamp, sceneCut }: RecognitionJob): FrameReadings {
  return { timestamp, profileId: null, profileConfidence: 0, sceneCut, regions: [], unchanged: [] };
}

function entry<V>(map: Map<string, V>, key: string, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
