import type { Parse } from './parsers.js';

export interface Variable<T> {
  /** What holds when the variable is absent or empty; null = nothing. */
  readonly fallback: string | null;
  /** For `.env.example`. */
  readonly meaning: string;
  readonly parse: Parse<T>;
}

export const required = <T>(fallback: string, parse: Parse<T>, meaning: string) => ({ fallback, parse, meaning });
export const optional = <T>(parse: Parse<T>, meaning: string) => ({ fallback: null, parse, meaning });
