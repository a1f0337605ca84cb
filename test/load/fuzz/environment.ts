/** Settings of a server that is to be fuzzed: no limit stands before the code, and bodies past theirs are small. */
export const FUZZED_SERVER = {
  HOST: '127.0.0.1',
  PORT: '0',
  JIGA_LOG_LEVEL: 'silent',
  JIGA_RATE_LIMIT_REQUESTS: '10000000',
  JIGA_AUTH_FAILURES_MAX: '100000',
  JIGA_BODY_MAX_BYTES: '65536',
} as const;
