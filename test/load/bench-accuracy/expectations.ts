import { openarenaExpectations } from './openarena.expectations.js';
import { doomExpectations, supertuxkartExpectations } from './other-games.expectations.js';
import type { Expectations } from './expectation.types.js';
import type { ClipTruth } from './truth.js';

/** What a right server would say about this clip. */
export function expectationsOf(truth: ClipTruth): Expectations {
  const game = truth.game.toLowerCase();
  if (game.includes('openarena')) return openarenaExpectations(truth);
  if (game.includes('supertuxkart')) return supertuxkartExpectations(truth);
  if (game.includes('doom') || game.includes('freedm')) return doomExpectations(truth);
  return { gameId: game, fields: [], events: [], judged: [], identity: {} };
}
