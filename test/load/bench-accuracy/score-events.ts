import type { ExpectedEvent, Scalar } from './expectation.types.js';

/** An event that the server claimed. `t` is seconds from the start of the clip, of the frame that first showed it. */
export interface ClaimedEvent {
  readonly type: string;
  readonly t: number;
  readonly detail: Readonly<Record<string, Scalar | null>>;
}

/** A claim counts for an event when its time lies between these offsets from the event's, in seconds. */
export const EVENT_WINDOW = { before: 0.3, after: 3.5 } as const;

export interface EventScore {
  readonly type: string;
  readonly expected: number;
  readonly found: number;
  readonly missed: number;
  /** Claims of this type that match no event. */
  readonly invented: number;
  /** Of the found events with a known weapon: how many there are, and how many name it. */
  readonly weapons: { readonly known: number; readonly right: number };
  /** From the event to the frame that is said to show it first, seconds, of those found. */
  readonly lagSeconds: readonly number[];
  readonly examples: readonly string[];
}

export interface EventScores {
  readonly types: readonly EventScore[];
  /** Claims of types on which the truth says nothing, by type. */
  readonly unjudged: Readonly<Record<string, number>>;
}

const MAX_EXAMPLES = 8;

export function precision({ found, invented }: Pick<EventScore, 'found' | 'invented'>): number | null {
  return found + invented === 0 ? null : found / (found + invented);
}
export function recall({ expected, found }: Pick<EventScore, 'expected' | 'found'>): number | null {
  return expected === 0 ? null : found / expected;
}
export function f1(score: EventScore): number | null {
  const { expected, found, invented } = score;
  return expected + invented === 0 ? null : (2 * found) / (expected + found + invented);
}

/** Matches claims with events of the same type, each at most once, and counts. */
export function scoreEvents(
  expected: readonly ExpectedEvent[],
  claims: readonly ClaimedEvent[],
  judged: readonly string[],
): EventScores {
  const types = judged.map((type) =>
    scoreType(
      type,
      expected.filter((event) => event.type === type),
      claims.filter((claim) => claim.type === type),
    ),
  );
  const unjudged: Record<string, number> = {};
  for (const { type } of claims) if (!judged.includes(type)) unjudged[type] = (unjudged[type] ?? 0) + 1;
  return { types, unjudged };
}

function scoreType(type: string, events: readonly ExpectedEvent[], claims: readonly ClaimedEvent[]): EventScore {
  const { pairs, strayClaims, openEvents } = match(events, claims);
  // An event at the clip's edge takes its claim out of the count, and is no miss.
  const found = pairs.filter(({ event }) => event.required);
  const missed = openEvents.filter((event) => event.required);
  const armed = found.filter(({ event }) => event.weapon !== undefined);
  return {
    type,
    expected: found.length + missed.length,
    found: found.length,
    missed: missed.length,
    invented: strayClaims.length,
    weapons: { known: armed.length, right: armed.filter(({ event, claim }) => namesWeapon(event, claim)).length },
    lagSeconds: found.map(({ event, claim }) => claim.t - event.t),
    examples: [
      ...missed.map((event) => `missed ${describe(event)}`),
      ...strayClaims.map((claim) => `invented ${describe(claim)}`),
    ].slice(0, MAX_EXAMPLES),
  };
}

interface Matching {
  readonly pairs: readonly { readonly event: ExpectedEvent; readonly claim: ClaimedEvent }[];
  readonly strayClaims: readonly ClaimedEvent[];
  readonly openEvents: readonly ExpectedEvent[];
}

/**
 * In order of time, each claim takes the earliest open event that it fits. With windows of one length that pairs as many
 * as can be paired (the greedy rule for intervals).
 */
function match(events: readonly ExpectedEvent[], claims: readonly ClaimedEvent[]): Matching {
  const open = [...events].sort((a, b) => a.t - b.t);
  const pairs: { event: ExpectedEvent; claim: ClaimedEvent }[] = [];
  const strayClaims: ClaimedEvent[] = [];
  for (const claim of [...claims].sort((a, b) => a.t - b.t)) {
    const index = open.findIndex((event) => isInWindow(claim.t, event.t) && hasDetail(claim, event));
    const event = open[index];
    if (!event) strayClaims.push(claim);
    else {
      pairs.push({ event, claim });
      open.splice(index, 1);
    }
  }
  return { pairs, strayClaims, openEvents: open };
}

/** Whether something at `claimedT` may be about an event at `eventT`. */
export function isInWindow(claimedT: number, eventT: number): boolean {
  // A millisecond of grace: Unix seconds as floats lose the last digits.
  return claimedT >= eventT - EVENT_WINDOW.before - 1e-3 && claimedT <= eventT + EVENT_WINDOW.after + 1e-3;
}

const hasDetail = (claim: ClaimedEvent, event: ExpectedEvent): boolean =>
  Object.entries(event.detail).every(([key, value]) => fold(claim.detail[key] ?? null) === fold(value));

const namesWeapon = (event: ExpectedEvent, claim: ClaimedEvent): boolean =>
  fold(claim.detail['weapon'] ?? null) === fold(event.weapon ?? null);

/** Names are compared without regard to case, and weapons to how their words are joined. */
const fold = (value: Scalar | null): string | null =>
  value === null ? null : String(value).trim().toLowerCase().replaceAll(/[ -]/g, '_');

function describe({ type, t, detail }: ClaimedEvent): string {
  const words = Object.entries(detail).map(([key, value]) => `${key} ${String(value)}`);
  return `${type} at ${t.toFixed(2)} s${words.length > 0 ? ` (${words.join(', ')})` : ''}`;
}

/** Adds up the scores of one type over several clips. */
export function addEventScores(scores: readonly EventScore[]): EventScore {
  const [first] = scores;
  if (!first) throw new RangeError('No scores to add');
  const sum = (pick: (score: EventScore) => number): number => scores.reduce((total, score) => total + pick(score), 0);
  return {
    type: first.type,
    expected: sum((score) => score.expected),
    found: sum((score) => score.found),
    missed: sum((score) => score.missed),
    invented: sum((score) => score.invented),
    weapons: { known: sum((score) => score.weapons.known), right: sum((score) => score.weapons.right) },
    lagSeconds: scores.flatMap((score) => score.lagSeconds),
    examples: scores.flatMap((score) => score.examples).slice(0, MAX_EXAMPLES),
  };
}
