import type { Expectations, ExpectedEvent, ExpectedField } from './expectation.types.js';
import { transitions, valueAt, type ClipTruth } from './truth.js';

/** At tint level 5 and more the whole picture is so red that the numbers are hardly there. */
const READABLE_TINT = 4;

const numberField = (name: string, drawn: ExpectedField['drawn'], tolerance = 0): ExpectedField => ({
  name,
  at: { hud: name },
  kind: 'number',
  tolerance,
  drawn,
});

/** Freedoom and FreeDM: the status bar's numbers, the player's deaths and spawns, and in deathmatch the frags. */
export function doomExpectations(truth: ClipTruth): Expectations {
  const hasFrags = truth.changes['frags'] !== undefined;
  const field = (name: string): ExpectedField =>
    numberField(name, (frame) => {
      const tint = valueAt(truth, 'tint_level', frame);
      const value = valueAt(truth, name, frame);
      return typeof tint === 'number' && tint > READABLE_TINT ? null : typeof value === 'number' ? value : null;
    });
  const events = transitions(truth, 'alive').map(({ frame, to }): ExpectedEvent => ({
    type: to === true ? 'spawn' : 'death',
    t: frame / truth.fps,
    detail: {},
    required: true,
  }));
  return {
    gameId: 'doom',
    fields: ['health', 'ammo', 'armor', ...(hasFrags ? ['frags'] : [])].map(field),
    events,
    judged: ['death', 'spawn'],
    identity: { game: 'doom' },
  };
}

/** SuperTuxKart: the race clock, lap and rank. A rank is not judged while the HUD animates its change. */
export function supertuxkartExpectations(truth: ClipTruth): Expectations {
  const isRacing = (frame: number): boolean => valueAt(truth, 'phase', frame) !== 'SET';
  const timer = numberField(
    'timer',
    (frame) => (isRacing(frame) ? (truth.time_per_frame?.values[frame] ?? null) : null),
    0.0015, // the clock is drawn to the millisecond, rounded
  );
  const rank = numberField('rank', (frame) => {
    const value = valueAt(truth, 'rank_drawn', frame);
    return valueAt(truth, 'rank_animating', frame) === true || typeof value !== 'number' ? null : value;
  });
  const lap = numberField('lap', (frame) => {
    const text = valueAt(truth, 'lap_text', frame);
    return typeof text === 'string' ? Number.parseInt(text, 10) : null;
  });
  const events = transitions(truth, 'rank_drawn').map(({ frame }): ExpectedEvent => ({
    type: 'rank_changed',
    t: frame / truth.fps,
    detail: {},
    required: true,
  }));
  const identity = { game: 'supertuxkart' };
  return {
    gameId: 'supertuxkart',
    fields: [timer, rank, lap],
    events,
    judged: ['rank_changed', 'lap_completed'],
    identity,
  };
}
