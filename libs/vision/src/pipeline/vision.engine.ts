import type { AnalysisSession, FrameAnalyzer, VisionSettings } from '@jiga/contracts';
import { VisionSession } from './vision-session.js';
import type { VisionSessionParts } from './vision-session.js';

/** Opens analyses for sessions; they share the recognition thread. */
export class VisionEngine implements FrameAnalyzer {
  private readonly sessions = new Set<VisionSession>();

  constructor(private readonly parts: VisionSessionParts) {}

  /** What keeps frames from being read, for the operator; null = nothing is known to be wrong. */
  get problem(): string | null {
    return this.parts.recognition.problem;
  }

  open(settings: VisionSettings): AnalysisSession {
    const session = new VisionSession(settings, this.parts);
    this.sessions.add(session);
    if (session.needsHeavyStage) this.parts.recognition.prepare();
    return {
      analyze: (frame, queueMs, onCheapDone) => session.analyze(frame, queueMs, onCheapDone),
      configure: (changed) => session.configure(changed),
      close: async () => {
        this.sessions.delete(session);
        await session.close();
      },
    };
  }

  /** Ends all analyses and the recognition thread. May be called twice. */
  async close(): Promise<void> {
    const open = [...this.sessions];
    this.sessions.clear();
    await Promise.all(open.map((session) => session.close()));
    await Promise.all([this.parts.recognition.close(), this.parts.pictures.close()]);
  }
}
