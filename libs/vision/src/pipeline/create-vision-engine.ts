import type { Clock, SceneEnricher } from '@jiga/contracts';
import { forbidVendorTelemetry } from '@jiga/platform';
import { availableParallelism } from 'node:os';
import { RecognitionPool } from '../recognition/recognition-pool.js';
import { LocalPictures } from './local-pictures.js';
import type { PublishVision } from './vision-session.js';
import { VisionEngine } from './vision.engine.js';

/** Text recognition is begun for this long in each heavy stage; with what is then under way it stays near 100 ms. */
const TEXT_BUDGET_MS = 80;

export interface VisionEngineOptions {
  readonly clock: Clock;
  readonly publish: PublishVision;
  /** Recognition threads; null = by the machine's cores. */
  readonly workers?: number | null;
  /** Threads that look at frames when many or large ones come; null = by the machine's cores, 0 = only the caller's. */
  readonly decodeWorkers?: number | null;
  readonly enricher?: SceneEnricher | null;
}

const MAX_SUGGESTED_WORKERS = 4;

/** One for every two cores: the others are for the event loop, ffmpeg and whatever else the machine does. */
const suggestedWorkers = (): number =>
  Math.max(1, Math.min(MAX_SUGGESTED_WORKERS, Math.floor(availableParallelism() / 2)));

/** On a single core a thread would only add its messages; one and what the event loop can spare keep up with its sockets. */
const suggestedDecodeWorkers = (): number => (availableParallelism() > 1 ? 1 : 0);

/** The engine with its recognition threads, for programs without the module system too. */
export function createVisionEngine(options: VisionEngineOptions): VisionEngine {
  const { clock, publish, workers = null, decodeWorkers = null, enricher = null } = options;
  // Before the worker loads the library: pictures of players' screens are analysed, nobody else is told of it.
  forbidVendorTelemetry();
  const recognition = new RecognitionPool(workers ?? suggestedWorkers(), { clock });
  const pictures = new LocalPictures(decodeWorkers ?? suggestedDecodeWorkers());
  return new VisionEngine({ clock, pictures, recognition, publish, textBudgetMs: TEXT_BUDGET_MS, enricher });
}
