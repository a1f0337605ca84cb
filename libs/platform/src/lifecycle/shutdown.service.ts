import { Inject, Injectable, Logger } from '@nestjs/common';
import type { OnApplicationShutdown, OnModuleDestroy } from '@nestjs/common';

import { ReadinessService } from './readiness.service.js';

/**
 * When in a stop something ends. `sockets` first (clients are told), then `work` (sessions and what runs for them),
 * then the HTTP server closes, then `storage`, so that nothing writes to what is gone.
 */
export type ShutdownPhase = 'sockets' | 'work' | 'storage';

interface Closable {
  readonly name: string;
  readonly close: () => void | Promise<void>;
}

/**
 * All that must end when the server stops. Nest calls it through `app.close()`; within a phase the newest ends first,
 * and one that fails keeps nobody else from ending.
 */
@Injectable()
export class Shutdown implements OnModuleDestroy, OnApplicationShutdown {
  readonly #log = new Logger(Shutdown.name);
  readonly #closables: Record<ShutdownPhase, Closable[]> = { sockets: [], work: [], storage: [] };
  #draining = false;

  constructor(@Inject(ReadinessService) readiness: ReadinessService) {
    readiness.add('draining', () => (this.#draining ? 'the server is stopping' : null));
  }

  /** True from the moment the server was told to stop: readiness is then false and new work is refused. */
  get isDraining(): boolean {
    return this.#draining;
  }

  /** Turns new work away; what is under way may end. May be called more than once. */
  drain(): void {
    this.#draining = true;
  }

  register(phase: ShutdownPhase, name: string, close: () => void | Promise<void>): void {
    this.#closables[phase].push({ name, close });
  }

  async onModuleDestroy(): Promise<void> {
    this.drain();
    await this.#close('sockets');
    await this.#close('work');
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#close('storage');
  }

  async #close(phase: ShutdownPhase): Promise<void> {
    // Taken out first: a second stop finds nothing to close twice.
    const closables = this.#closables[phase].splice(0).reverse();
    for (const { name, close } of closables) {
      try {
        await close();
      } catch (error) {
        this.#log.error('Could not close', { name, err: error });
      }
    }
  }
}
