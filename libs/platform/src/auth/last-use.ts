import type { Clock } from '@jiga/contracts';
import { unixSeconds } from '@jiga/contracts';
import { Logger } from '@nestjs/common';

import type { ApiKeyStore } from './api-key.store.js';

const FLUSH_INTERVAL_MS = 5_000;

/** Gathers when keys were used and writes it now and then: no request waits for it. One entry a key in use. */
export class LastUse {
  readonly #log = new Logger(LastUse.name);
  readonly #stop: () => void;
  #uses = new Map<string, number>();
  #writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: Pick<ApiKeyStore, 'noteUse'>,
    private readonly clock: Clock,
  ) {
    this.#stop = clock.every(FLUSH_INTERVAL_MS, () => void this.flush());
  }

  note(keyId: string): void {
    this.#uses.set(keyId, unixSeconds(this.clock));
  }

  /** Writes what was noted; a failure loses these times and nothing else. */
  flush(): Promise<void> {
    const uses = this.#uses;
    if (uses.size === 0) return this.#writing;
    this.#uses = new Map();
    this.#writing = this.#writing
      .then(() => this.store.noteUse(uses))
      .catch((error: unknown) => {
        this.#log.warn('Could not write when keys were used', { err: error });
      });
    return this.#writing;
  }

  /** May be called twice. */
  close(): Promise<void> {
    this.#stop();
    return this.flush();
  }
}
