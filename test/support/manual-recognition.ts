import { AppError } from '@jiga/contracts';
import type { Detection } from '@jiga/contracts';
import { deferred, type Deferred } from '@jiga/testing';

import type { RecognitionPort } from '../../libs/vision/src/recognition/recognition.port.js';
import type { RecognitionJob, RecognitionResult } from '../../libs/vision/src/recognition/worker.messages.js';
import type { RegionReading } from '../../libs/vision/src/types.js';

const NO_REUSE = { hud: { hits: 0, misses: 0 }, text: { hits: 0, misses: 0 } };

/** Recognition that the test answers. */
export class ManualRecognition implements RecognitionPort {
  readonly jobs: { readonly job: RecognitionJob; readonly answer: Deferred<RecognitionResult> }[] = [];
  readonly forgotten: string[] = [];

  readonly problem = null;
  wait = 0;

  prepare(): void {}

  waitMs(): number {
    return this.wait;
  }

  analyse(job: RecognitionJob): Promise<RecognitionResult> {
    const answer = deferred<RecognitionResult>();
    this.jobs.push({ job, answer });
    return answer.promise;
  }

  forget(sessionId: string): void {
    this.forgotten.push(sessionId);
    for (const { answer } of this.jobs) answer.reject(new AppError('session_closed'));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Answers the newest job: no game that it knows, but these texts, and what there was no time for. */
  find(detections: readonly Detection[], deferred: readonly string[] = []): void {
    const last = this.jobs.at(-1);
    if (!last) throw new Error('No job was given');
    const { timestamp, sceneCut } = last.job;
    const readings = { timestamp, profileId: null, profileConfidence: 0, sceneCut, regions: [], unchanged: [] };
    last.answer.resolve({ readings, detections, deferred, reuse: NO_REUSE, stagesMs: { decode: 1, read: 2 } });
  }

  /** Answers the newest job: OpenArena with this health, and the clock that belongs to the frame. */
  finish(health: string): void {
    const last = this.jobs.at(-1);
    if (!last) throw new Error('No job was given');
    const { timestamp, sceneCut } = last.job;
    const region = (name: string, text: string): RegionReading => ({
      region: name,
      outcome: 'read',
      text,
      confidence: 0.99,
      box: [0, 0, 0.1, 0.1],
      color: null,
    });
    const regions = [region('timer', `0:${10 + Math.floor(timestamp % 40)}`), region('health', health)];
    const readings = { timestamp, profileId: 'openarena', profileConfidence: 0.9, sceneCut, regions, unchanged: [] };
    last.answer.resolve({ readings, detections: [], deferred: [], reuse: NO_REUSE, stagesMs: { decode: 1, read: 2 } });
  }
}
