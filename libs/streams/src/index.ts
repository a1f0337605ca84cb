export { GuardedHttp, type GuardedHttpOptions } from './net/guarded-http.js';
export type { Transport, TransportRequest, TransportResponse } from './net/transport.js';
export { checkedAddresses, checkStreamUrl } from './net/url-guard.js';
export { ProgramError, runProgram, type ProgramOptions, type ProgramOutput } from './process/run-program.js';
export { SessionStream, type SessionStreamDeps, type StreamSink } from './session/session-stream.js';
export * from './stream-error.js';
export * from './stream-ingest.port.js';
