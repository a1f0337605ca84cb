/** An answer as it was given. */
export interface RecordedAnswer {
  readonly status: number;
  /** Header fields that belong to it, such as `location`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Encrypted; see AnswerCipher. */
  readonly body: string;
  /** The session that it is about, whose player may ask to be forgotten; null = about none. */
  readonly sessionId: string | null;
}

/** `key` names credential, route and idempotency key; `fingerprint` the request's content. */
export interface Claim {
  readonly key: string;
  readonly fingerprint: string;
  /** Who executes: a process that is alive renews its lease. */
  readonly runner: string;
  /** Unix seconds. */
  readonly now: number;
  /** Unix seconds until which the claim holds without being renewed. */
  readonly leaseUntil: number;
  /** Unix seconds from which the record counts no more. */
  readonly expiresAt: number;
}

export type ClaimResult =
  /** The caller executes, and must complete or release. */
  | { readonly kind: 'claimed' }
  /** Somebody else executes. */
  | { readonly kind: 'running'; readonly fingerprint: string }
  | { readonly kind: 'done'; readonly fingerprint: string; readonly answer: RecordedAnswer };

/**
 * Which requests were made before, and what was answered. A claim is one atomic act: of many at once exactly one gets
 * it. A record is either running or whole, whenever the process dies.
 */
export interface IdempotencyStore {
  /** Takes the key, also from a claim whose lease has run out and from a record that has expired. */
  claim(claim: Claim): Promise<ClaimResult>;
  /** Keeps the answer of a claim that this runner still holds. */
  complete(key: string, runner: string, answer: RecordedAnswer): Promise<void>;
  /** Gives the key back, as if the request had never come. */
  release(key: string, runner: string): Promise<void>;
  renew(runner: string, leaseUntil: number): Promise<void>;
  /** Gives back the claims of these runners, which are dead. */
  releaseAllOf(runners: readonly string[]): Promise<number>;
  /** Runners that hold claims. */
  runners(): Promise<string[]>;
  /** Removes the answers about these sessions; resolves to how many there were. */
  forgetSessions(sessionIds: readonly string[]): Promise<number>;
  /** Drops what has expired and, beyond `recordsMax`, the oldest answers. */
  prune(now: number, recordsMax: number): Promise<void>;
}

/** Injection token of the {@link IdempotencyStore}. */
export const IDEMPOTENCY_STORE = Symbol.for('jiga:idempotency-store');
