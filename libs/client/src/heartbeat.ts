import type { ClientClock } from './system-clock.js';

export interface HeartbeatOptions {
  /** So long may nothing come before it is asked for. Milliseconds, as the next. */
  readonly heartbeatMs: number;
  readonly heartbeatTimeoutMs: number;
}

/** Notices a connection that died without a word: asks when nothing has come for a while, and then waits for anything. */
export class Heartbeat {
  private cancel: () => void = () => undefined;

  /**
   * @param ask makes the server say something
   * @param dead nothing came
   */
  constructor(
    private readonly clock: ClientClock,
    private readonly options: HeartbeatOptions,
    private readonly ask: () => void,
    private readonly dead: () => void,
  ) {}

  /** Something came. Also begins. */
  heard(): void {
    this.cancel();
    this.cancel = this.clock.after(this.options.heartbeatMs, () => {
      this.cancel = this.clock.after(this.options.heartbeatTimeoutMs, this.dead);
      this.ask();
    });
  }

  /** May be called twice. */
  stop(): void {
    this.cancel();
  }
}
