import { AppError } from '@jiga/contracts';

export interface SlotLimits {
  readonly max: number;
  readonly perCredentialMax: number;
  /** Of sessions whose stream this server fetches itself. */
  readonly ingestedMax: number;
}

/** A full server may have room again when the next session ends; nobody can know when. */
const RETRY_AFTER_S = 5;

/**
 * How many sessions live: on the server, for each credential, and with a stream that the server reads. Taking a slot is
 * one synchronous act, so that parallel creates never get past the limits.
 */
export class SessionSlots {
  readonly #byCredential = new Map<string, number>();
  #taken = 0;
  #ingested = 0;

  constructor(private readonly limits: SlotLimits) {}

  get taken(): number {
    return this.#taken;
  }

  /** Returns what gives the slot back (once, however often it is called). Throws AppError `session_limit`. */
  take(credentialId: string, isIngested = false): () => void {
    const own = this.#byCredential.get(credentialId) ?? 0;
    if (own >= this.limits.perCredentialMax)
      throw full(`This credential has ${own} live sessions, which is its limit.`);
    if (this.#taken >= this.limits.max) throw full(`The server has ${this.#taken} live sessions, which is its limit.`);
    if (isIngested && this.#ingested >= this.limits.ingestedMax) {
      throw full(`The server reads ${this.#ingested} streams, which is its limit.`);
    }
    this.#taken++;
    if (isIngested) this.#ingested++;
    this.#byCredential.set(credentialId, own + 1);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      if (isIngested) this.#ingested--;
      this.#giveBack(credentialId);
    };
  }

  #giveBack(credentialId: string): void {
    this.#taken--;
    const left = (this.#byCredential.get(credentialId) ?? 1) - 1;
    if (left > 0) this.#byCredential.set(credentialId, left);
    else this.#byCredential.delete(credentialId);
  }
}

const full = (detail: string): AppError => new AppError('session_limit', detail, { retryAfterSeconds: RETRY_AFTER_S });
