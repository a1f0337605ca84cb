export { JigaClient, type JigaClientOptions } from './jiga-client.js';
export { JigaError, type JigaErrorOptions } from './jiga-error.js';
export type { WebSocketConstructor, WebSocketLike } from './socket.js';
export type { ClientClock } from './system-clock.js';
export type { ConnectionState, FrameOptions, FrameOutcome, Session, Welcome } from './types.js';
export { VideoConnection, type VideoEvents, type VideoOptions } from './video-connection.js';
