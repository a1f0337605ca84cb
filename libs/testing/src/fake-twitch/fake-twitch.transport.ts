import type { Clock } from '@jiga/contracts';
import type { Transport, TransportRequest, TransportResponse } from '@jiga/streams';

import type { FakeHttpAnswer, FakeTwitch } from './fake-twitch.js';

/** The fake without sockets: everything happens on the clock given, so that a test can let hours pass. */
export class FakeTwitchTransport implements Transport {
  /** Where was connected to. */
  readonly connections: { readonly host: string; readonly address: string }[] = [];
  /** Exchanges under way: 0 after everything was closed. */
  open = 0;

  constructor(
    private readonly twitch: FakeTwitch,
    private readonly clock: Clock,
  ) {}

  async send(
    { url, addresses, method, headers, body }: TransportRequest,
    signal: AbortSignal,
  ): Promise<TransportResponse> {
    this.connections.push({ host: url.hostname, address: addresses[0]?.address ?? '' });
    const answer = this.twitch.handle({ method, url, headers, body: body ?? '' });
    if (answer.hangs) await this.#wait(Infinity, signal);
    const bytes = Buffer.from(answer.body ?? '');
    return {
      status: answer.status,
      headers: { 'content-length': String(bytes.length), ...answer.headers },
      body: this.#body(answer, bytes, signal),
      discard: () => undefined,
    };
  }

  close(): void {
    this.connections.length = 0;
  }

  async *#body(
    { bytesPerSecond, breaksAfter }: FakeHttpAnswer,
    bytes: Buffer,
    signal: AbortSignal,
  ): AsyncGenerator<Buffer> {
    const whole = bytes.subarray(0, breaksAfter ?? bytes.length);
    const step = bytesPerSecond ?? (whole.length || 1);
    for (let at = 0; at < whole.length; at += step) {
      if (bytesPerSecond !== undefined) await this.#wait(1000, signal);
      yield whole.subarray(at, at + step);
    }
    if (breaksAfter !== undefined) throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
  }

  async #wait(delayMs: number, signal: AbortSignal): Promise<void> {
    this.open++;
    try {
      await new Promise<void>((resolve, reject) => {
        const cancel = delayMs === Infinity ? () => undefined : this.clock.after(delayMs, resolve);
        const stop = (): void => {
          cancel();
          reject(new Error('aborted'));
        };
        if (signal.aborted) stop();
        else signal.addEventListener('abort', stop, { once: true });
      });
    } finally {
      this.open--;
    }
  }
}
