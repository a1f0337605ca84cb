import { newId } from '@jiga/contracts';
import type { Frame } from '@jiga/contracts';
import type { StreamFrame, StreamSink } from '@jiga/streams';
import type { FrameIntake } from '@jiga/video';

export interface IntakeSinkDeps {
  readonly intake: Pick<FrameIntake, 'offer'>;
  readonly source: string;
  readonly channel: string | null;
  /** Frames under way at once. */
  readonly window: number;
}

/** Gives the frames of a stream straight to the analysis of its session, and holds the stream back while it is busy. */
export class IntakeSink implements StreamSink {
  #underWay = 0;
  #wake: () => void = () => {};

  constructor(private readonly deps: IntakeSinkDeps) {}

  readonly onFrames = async (frames: readonly StreamFrame[]): Promise<void> => {
    for (const frame of frames) {
      while (this.#underWay >= this.deps.window) await new Promise<void>((resolve) => (this.#wake = resolve));
      this.#underWay++;
      // Answered exactly once, also when the intake closes with its session: so nothing waits for ever.
      this.deps.intake.offer(this.#frameOf(frame), this, () => {
        this.#underWay--;
        this.#wake();
      });
    }
  };

  /** When every frame was answered. */
  readonly whenDone = async (): Promise<void> => {
    while (this.#underWay > 0) await new Promise<void>((resolve) => (this.#wake = resolve));
  };

  #frameOf({ jpeg, width, height, capturedAt }: StreamFrame): Frame {
    const { source, channel } = this.deps;
    return { id: newId('frame'), bytes: jpeg, width, height, timestamp: capturedAt, source, channel };
  }
}
