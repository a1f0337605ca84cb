/** What people say about a game, beyond what is on the screen: for understanding them and for answering. */
export interface GameKnowledge {
  readonly id: string;
  readonly name: string;
  /** Places that players call out, in lower case as they are said. */
  readonly places: readonly string[];
  /** Weapons as they are said. */
  readonly weapons: readonly string[];
  readonly modes: readonly string[];
  /** Which way the clock of the HUD runs; null = it depends, or there is none. */
  readonly timerRuns: 'up' | 'down' | null;
}

/** The port between those who know the games and those who talk about them. */
export interface GameKnowledgeSource {
  /** By profile id; null for a game that nobody knows. */
  find(gameId: string): GameKnowledge | null;
}

/** Injection token of the {@link GameKnowledgeSource}. */
export const GAME_KNOWLEDGE = Symbol.for('jiga:game-knowledge');
