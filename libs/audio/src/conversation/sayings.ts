import type { ControlAction } from '../understanding/intent.js';

/** A standing of the match, ready to be put into words. */
export interface Standing {
  /** Team or side with its points, the player's own first where it is known. */
  readonly sides: readonly { readonly name: string; readonly points: number }[];
  readonly own: { readonly name: string; readonly lead: number } | null;
}

/** How one language says what there is to say. `age` is empty for what was seen just now. */
export interface Sayings {
  standing(standing: Standing, age: string): string;
  points(points: number, age: string): string;
  timeLeft(seconds: number, isEstimate: boolean): string;
  /** A clock that counts up does not tell the end. */
  clockUp(seconds: number, age: string): string;
  clock(seconds: number, age: string): string;
  location(place: string, age: string): string;
  onlyMap(map: string): string;
  killedBy(killer: string, weapon: string | null, agoS: number): string;
  diedOf(weapon: string, agoS: number): string;
  diedUnseen(agoS: number): string;
  neverDied(): string;
  tally(kills: number, deaths: number): string;
  advice(text: string, reason: string): string;
  /** The match state as vision words it, when there is nothing to advise. */
  calm(situation: string | null): string;
  value(topic: string, value: string, age: string): string;
  alive(left: number, right: number, age: string): string;
  flag(what: 'taken' | 'captured' | 'returned', player: string | null, flag: string | null, agoS: number): string;
  event(kind: string, killer: string | null, victim: string | null, agoS: number): string;
  quiet(): string;
  team(team: string): string;
  map(map: string): string;
  mode(mode: string, game: string | null): string;
  /** Why there is no answer: vision has told nothing at all, or not this. */
  nothingSeen(): string;
  cannotSee(topic: string): string;
  help(): string;
  done(action: ControlAction): string;
  nothingToRepeat(): string;
  sent(text: string, reached: number): string;
  noTeam(): string;
  teamMessagingOff(): string;
  notSent(): string;
  notUnderstood(): string;
  age(seconds: number): string;
}
