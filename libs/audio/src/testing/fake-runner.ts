import type { ThreadRequest } from '../engines/threads/messages.js';
import type { Runner, RunnerEvents } from '../engines/threads/runner.js';

/** A runner that does what the test says. */
export class FakeRunner implements Runner {
  readonly requests: ThreadRequest[] = [];
  keepsAlive = false;
  ended = false;

  constructor(readonly events: RunnerEvents) {}

  post(request: ThreadRequest): void {
    this.requests.push(request);
  }
  keepAlive(keeps: boolean): void {
    this.keepsAlive = keeps;
  }
  end(): Promise<void> {
    this.ended = true;
    return Promise.resolve();
  }
  done(id: number, value: unknown = null): void {
    this.events.reply({ type: 'done', id, value });
  }
  get doing(): (number | null)[] {
    return this.requests.flatMap((request) => (request.type === 'do' ? [request.id] : []));
  }
}
