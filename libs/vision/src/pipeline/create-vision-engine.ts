import type { Clock, SceneEnricher } from '@jiga/contracts';
import { forbidVendorTelemetry } from '@jiga/platform';
import { RecognitionWorker } from '../recognition/recognition-worker.js';
import { LocalPictures } from './local-pictures.js';
import type { PublishVision } from './vision-session.js';
import { VisionEngine } from './vision.engine.js';

/** Text recognition is begun for this long in each heavy stage; with what is then under way it stays near 100 ms. */
const TEXT_BUDGET_MS = 80;

/** The engine with its recognition thread, for programs without the module system too. */
export function createVisionEngine({
  clock,
  publish,
  enricher = null,
}: {
  clock: Clock;
  publish: PublishVision;
  enricher?: SceneEnricher | null;
}): VisionEngine {
  // Before the worker loads the library: pictures of players' screens are analysed, nobody else is told of it.
  forbidVendorTelemetry();
  const recognition = new RecognitionWorker({ clock });
  return new VisionEngine({
    clock,
    pictures: new LocalPictures(),
    recognition,
    publish,
    textBudgetMs: TEXT_BUDGET_MS,
    enricher,
  });
}
