/** Reads the text of one environment variable, or throws an Error that says what was expected. */
export type Parse<T> = (text: string) => T;

export const text: Parse<string> = (value) => value;

export function integer(min: number, max: number): Parse<number> {
  return (value) => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < min || number > max) {
      throw new Error(`must be a whole number from ${min} to ${max}`);
    }
    return number;
  };
}

export function oneOf<const T extends string>(choices: readonly T[]): Parse<T> {
  return (value) => {
    const found = choices.find((choice) => choice === value);
    if (found === undefined) throw new Error(`must be one of ${choices.join(', ')}`);
    return found;
  };
}

/** A secret that somebody chose: long enough that it cannot be guessed, without spaces so that it fits in a header. */
export function secret(minLength: number): Parse<string> {
  return (value) => {
    if (value.length < minLength || !/^[\x21-\x7e]+$/.test(value)) {
      throw new Error(`must be at least ${minLength} printable ASCII characters without spaces`);
    }
    return value;
  };
}

/** An http(s) origin with an optional path; kept without a trailing slash. */
export const httpUrl: Parse<string> = (value) => {
  const url = URL.parse(value);
  if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash || url.username || url.password) {
    throw new Error('must be an http or https URL without query, fragment or user');
  }
  return url.href.replace(/\/+$/, '');
};
