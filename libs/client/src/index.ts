export {
  AudioConnection,
  type AudioEvents,
  type AudioOptions,
  type AudioTranscript,
  type AudioWelcome,
  type SoundLayout,
  type SpeechAudio,
  type SpeechPiece,
  type SpokenCallout,
  type VoiceResponse,
} from './audio-connection.js';
export {
  EventsConnection,
  type EventsConnectionEvents,
  type EventsGap,
  type EventsOptions,
  type EventsWelcome,
} from './events-connection.js';
export type { VideoEvents, VideoOptions } from './frame-connection.js';
export { HighSpeedConnection } from './high-speed-connection.js';
export { JigaClient, type JigaClientOptions } from './jiga-client.js';
export { JigaError, type JigaErrorOptions } from './jiga-error.js';
export type { ReconnectOptions } from './reconnecting-socket.js';
export type { WebSocketConstructor, WebSocketLike } from './socket.js';
export type { ClientClock } from './system-clock.js';
export type {
  BatchFrame,
  BatchOutcome,
  ConnectionState,
  CreditMessage,
  FrameOptions,
  FrameOutcome,
  HighSpeedMetrics,
  HighSpeedWelcome,
  LatencyFigures,
  Picture,
  PictureSource,
  Session,
  SessionToken,
  IssuedToken,
  Welcome,
} from './types.js';
export { VideoConnection } from './video-connection.js';
