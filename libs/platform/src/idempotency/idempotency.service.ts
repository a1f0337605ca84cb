import { createHash } from 'node:crypto';

import { Inject, Injectable, Logger } from '@nestjs/common';

import { AppError, CLOCK, unixSeconds } from '@jiga/contracts';
import type { Clock } from '@jiga/contracts';

import { ServerSecret } from '../auth/server-secret.js';
import { CONFIG, type JigaConfig } from '../config/config.js';
import { AnswerCipher } from './answer-cipher.js';
import { IDEMPOTENCY_STORE, type ClaimResult, type IdempotencyStore } from './idempotency.store.js';
import { endRunner, isSurelyDead, newRunner } from './runner.js';

/** A request that must have its effect once, however often it is sent. */
export interface OnceRequest {
  /** Whose request it is and to what: keys of different callers and routes have nothing to do with each other. */
  readonly scope: readonly string[];
  readonly idempotencyKey: string;
  /** Digest of its content. */
  readonly fingerprint: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly body: string;
  /** The session that it is about; null = about none. */
  readonly sessionId: string | null;
}

export interface OnceOutcome {
  readonly answer: Answer;
  readonly isReplay: boolean;
}

const KEPT_S = 24 * 3600;
/** A claim that is not renewed for this long was left by a server that died on another host. */
const LEASE_S = 30;
const RENEW_INTERVAL_MS = 10_000;
const PRUNE_INTERVAL_MS = 60_000;
/** How often a twin on another server is looked after; one on this server is told at once. */
const POLL_MS = 100;

/** Makes requests with the same key have one effect and one answer, over restarts and over servers. */
@Injectable()
export class Idempotency {
  readonly #log = new Logger(Idempotency.name);
  readonly #runner = newRunner();
  readonly #running = new Map<string, Promise<void>>();
  readonly #cipher: AnswerCipher;
  readonly #stops: (() => void)[];

  constructor(
    @Inject(IDEMPOTENCY_STORE) private readonly store: IdempotencyStore,
    @Inject(ServerSecret) secret: ServerSecret,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: JigaConfig,
  ) {
    this.#cipher = new AnswerCipher(secret);
    this.#stops = [
      clock.every(RENEW_INTERVAL_MS, () => void this.#renew()),
      clock.every(PRUNE_INTERVAL_MS, () => void this.prune()),
    ];
  }

  /** Gives back what a server of this host held when it died. For the start, before anything is served. */
  async releaseDead(): Promise<void> {
    const dead = (await this.store.runners()).filter(isSurelyDead);
    const count = await this.store.releaseAllOf(dead);
    if (count > 0) this.#log.warn('Requests of the last run were left unfinished', { count });
  }

  /**
   * Runs `execute`, or gives the answer of the twin that ran before. What `execute` throws, and an answer of 400 or
   * more, is not kept: nothing was created, and the same key may try again. Throws AppError `idempotency_key_reused`,
   * `idempotency_in_progress`, and whatever `execute` throws.
   */
  async once(request: OnceRequest, execute: () => Promise<Answer>): Promise<OnceOutcome> {
    const key = digest(JSON.stringify([...request.scope, request.idempotencyKey]));
    const deadlineMs = this.clock.monotonicMs() + this.config.http.idempotency.waitMs;
    for (;;) {
      const found = await this.#claim(key, request.fingerprint);
      if (found.kind === 'claimed') {
        return { answer: await this.#execute(key, request.idempotencyKey, execute), isReplay: false };
      }
      if (found.fingerprint !== request.fingerprint) throw new AppError('idempotency_key_reused');
      if (found.kind === 'done') return { answer: this.#open(found.answer, request.idempotencyKey), isReplay: true };
      const leftMs = deadlineMs - this.clock.monotonicMs();
      if (leftMs <= 0) throw new AppError('idempotency_in_progress', undefined, { retryAfterSeconds: 1 });
      await this.#twinOrTime(key, Math.min(leftMs, POLL_MS));
    }
  }

  async prune(): Promise<void> {
    try {
      await this.store.prune(unixSeconds(this.clock), this.config.http.idempotency.recordsMax);
    } catch (error) {
      this.#log.warn('Could not drop old idempotency records', { err: error });
    }
  }

  /** Waits for what runs. May be called twice. */
  async close(): Promise<void> {
    for (const stop of this.#stops) stop();
    await Promise.all(this.#running.values());
    endRunner(this.#runner);
  }

  #claim(key: string, fingerprint: string): Promise<ClaimResult> {
    const now = unixSeconds(this.clock);
    return this.store.claim({
      key,
      fingerprint,
      runner: this.#runner,
      now,
      leaseUntil: now + LEASE_S,
      expiresAt: now + KEPT_S,
    });
  }

  async #execute(key: string, idempotencyKey: string, execute: () => Promise<Answer>): Promise<Answer> {
    let settle = (): void => {};
    this.#running.set(key, new Promise((resolve) => (settle = resolve)));
    try {
      const answer = await execute();
      if (answer.status >= 400) await this.#release(key);
      else await this.#keep(key, idempotencyKey, answer);
      return answer;
    } catch (error) {
      await this.#release(key);
      throw error;
    } finally {
      this.#running.delete(key);
      settle();
    }
  }

  /** The effect is there whether or not this succeeds, so the client gets its answer in any case. */
  async #keep(key: string, idempotencyKey: string, { body, ...rest }: Answer): Promise<void> {
    try {
      const sealed = this.#cipher.seal(body, idempotencyKey);
      await this.store.complete(key, this.#runner, { ...rest, body: sealed });
    } catch (error) {
      this.#log.error('Could not keep an answer for its retries', { err: error });
    }
  }

  async #release(key: string): Promise<void> {
    try {
      await this.store.release(key, this.#runner);
    } catch (error) {
      this.#log.error('Could not give an idempotency key back', { err: error });
    }
  }

  #open(recorded: Answer, idempotencyKey: string): Answer {
    const body = this.#cipher.open(recorded.body, idempotencyKey);
    if (body !== null) return { ...recorded, body };
    throw new AppError('idempotency_key_reused', 'The first answer can no longer be read: the secret has changed.');
  }

  /** Until the twin on this server has ended, at the latest for so long. */
  async #twinOrTime(key: string, ms: number): Promise<void> {
    let cancel = (): void => {};
    const time = new Promise<void>((resolve) => (cancel = this.clock.after(ms, resolve)));
    await Promise.race([time, this.#running.get(key) ?? time]);
    cancel();
  }

  async #renew(): Promise<void> {
    if (this.#running.size === 0) return;
    try {
      await this.store.renew(this.#runner, unixSeconds(this.clock) + LEASE_S);
    } catch (error) {
      this.#log.warn('Could not renew idempotency claims', { err: error });
    }
  }
}

/** SHA-256, base64url. */
export const digest = (text: string | Buffer): string => createHash('sha256').update(text).digest('base64url');
