import { isIP } from 'node:net';

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

/** Comma-separated values, each read by `parse`; empty ones are left out. */
export function listOf<T>(parse: Parse<T>): Parse<readonly T[]> {
  return (value) =>
    value
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .map(parse);
}

/** An exact web origin such as `https://play.example`, or `*` for every one. */
export const webOrigin: Parse<string> = (value) => {
  if (value === '*' || (/^https?:/.test(value) && URL.parse(value)?.origin === value)) return value;
  throw new Error('must be * or origins such as https://play.example, without a path, separated by commas');
};

/** An IP address or a CIDR block. */
export const ipRange: Parse<string> = (value) => {
  const [address = '', bits, ...rest] = value.split('/');
  const version = isIP(address);
  const maxBits = version === 4 ? 32 : 128;
  if (
    version === 0 ||
    rest.length > 0 ||
    (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= maxBits))
  ) {
    throw new Error('must be IP addresses or CIDR blocks, separated by commas');
  }
  return value;
};

/** Where an identity provider publishes its keys: whoever could change them in transit could log in as anybody. */
export const keySetUrl: Parse<string> = (value) => {
  const url = URL.parse(value);
  const isLocal = url !== null && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLocal);
  if (!url || !isSafe || url.username || url.password) {
    throw new Error('must be an https URL without a user (http on this machine only)');
  }
  return url.href;
};

/** Where a service is that a key is sent to: https, or this machine. Kept without a trailing slash. */
export const serviceUrl: Parse<string> = (value) => keySetUrl(httpUrl(value)).replace(/\/+$/, '');

/** A model as sessions name it. */
export const modelName: Parse<string> = (value) => {
  if (!/^[a-z0-9][a-z0-9_-]{0,63}:[\w./:-]{1,128}$/.test(value)) {
    throw new Error('must be of the form provider:model, separated by commas');
  }
  return value;
};

/** A secret that goes into no header: any text that is long enough. */
export function passphrase(minBytes: number): Parse<string> {
  return (value) => {
    if (Buffer.byteLength(value) < minBytes) throw new Error(`must be at least ${minBytes} bytes long`);
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

/** A host name or an address, without scheme, port and path; kept in lower case, an IPv6 address without brackets. */
export const hostName: Parse<string> = (value) => {
  const host = value.toLowerCase().replace(/^\[(.*)\]$/, '$1');
  if (isIP(host) === 0 && !/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(host)) {
    throw new Error('must be host names or addresses, separated by commas');
  }
  return host;
};

/** As {@link hostName}, with a port where only that one is meant; or with a dot before it, for every host below it. */
export const hostPattern: Parse<string> = (value) => {
  const port = /^(?:[^:]*|\[.*\])(:\d{1,5})$/.exec(value)?.[1] ?? '';
  const rest = value.slice(0, value.length - port.length);
  const isSuffix = /^\*?\./.test(rest);
  if (isSuffix) return `.${hostName(rest.replace(/^\*?\./, ''))}`;
  const host = hostName(rest);
  return port !== '' && isIP(host) === 6 ? `[${host}]${port}` : `${host}${port}`;
};

/** A PostgreSQL connection string; it holds a password, so it is never repeated. */
export const postgresUrl: Parse<string> = (value) => {
  const url = URL.parse(value);
  if (!url || !/^postgres(ql)?:$/.test(url.protocol) || url.pathname.length < 2) {
    throw new Error('must be postgres://user:password@host:port/database');
  }
  return value;
};
