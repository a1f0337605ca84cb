import { AppError } from '@jiga/contracts';
import type { Clock } from '@jiga/contracts';

import type { SocketLimits } from './socket-limits.js';
import { TokenBucket } from './token-bucket.js';

/** Whether the next message of a socket may pass, must be answered `rate_limited`, or is one too many altogether. */
export type RateVerdict = 'pass' | 'refuse' | 'cut_off';

/** The message rate of one socket. */
export class MessageRate {
  readonly #bucket: TokenBucket;
  #violations = 0;

  constructor(
    clock: Clock,
    private readonly limits: Pick<SocketLimits, 'messagesPerSecond' | 'messageBurst' | 'maxRateViolations'>,
  ) {
    this.#bucket = new TokenBucket(clock, limits.messagesPerSecond, limits.messageBurst);
  }

  next(): RateVerdict {
    if (this.#violations > 0 && this.#bucket.isFull()) this.#violations = 0;
    if (this.#bucket.take()) return 'pass';
    this.#violations += 1;
    return this.#violations > this.limits.maxRateViolations ? 'cut_off' : 'refuse';
  }

  error(): AppError {
    return new AppError('rate_limited', `This socket takes ${this.limits.messagesPerSecond} messages a second`, {
      retryAfterSeconds: this.#bucket.waitMs() / 1000,
    });
  }
}
