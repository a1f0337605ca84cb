export { parseBatch, type BatchEnvelope } from './batch-envelope.js';
export { splitBinary, type BinaryEnvelope } from './binary-envelope.js';
export { CloseCode, closeCodeOf } from './close-codes.js';
export {
  Connection,
  type ConnectionDeps,
  type ConnectionHandler,
  type Echo,
  type ServerMessage,
  type Weight,
} from './connection.js';
export { parseEnvelope, type JsonEnvelope } from './json-envelope.js';
export { ServerSocket } from './server-socket.js';
export { socketLimits, type SocketLimits } from './socket-limits.js';
export { TokenBucket } from './token-bucket.js';
export type { SocketUpgrade } from './upgrade.js';
export { SocketAdapter } from './ws.adapter.js';
