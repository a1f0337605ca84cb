export { ffmpegDirect, type DirectOutput, type PlayDirect } from './decode/direct-player.js';
export { FfmpegDecoder } from './decode/ffmpeg-decoder.js';
export { ffmpegDecoders } from './decode/ffmpeg-decoders.js';
export type * from './decode/stream-decoder.port.js';
export { parseMasterPlaylist, type MasterPlaylist, type Rung } from './hls/master-playlist.js';
export { parseMediaPlaylist, type MediaPlaylist, type MediaSegment } from './hls/media-playlist.js';
export { openPlaylist, type OpenedPlaylist, type PlaylistRequest } from './hls/open-playlist.js';
export { chooseVariant, type VariantChoice, type VariantWish } from './hls/variant-choice.js';
export { ConnectionPolicy, type ConnectionPolicyOptions, type NextStep } from './ingest/connection-policy.js';
export { StreamManager } from './ingest/stream-manager.js';
export type { StreamManagerOptions, StreamWorld } from './ingest/stream-world.js';
export { wait } from './ingest/wait.js';
export { GuardedHttp, type GuardedHttpOptions } from './net/guarded-http.js';
export { NodeTransport } from './net/transport.js';
export type { Transport, TransportRequest, TransportResponse } from './net/transport.js';
export { checkedAddresses, checkStreamUrl } from './net/url-guard.js';
export { ProgramError, runProgram, type ProgramOptions, type ProgramOutput } from './process/run-program.js';
export {
  askStreamlink,
  type StreamlinkAnswer,
  type StreamlinkProgram,
  type StreamlinkStream,
} from './process/streamlink.js';
export { SessionStream, type SessionStreamDeps, type StreamSink } from './session/session-stream.js';
export * from './stream-error.js';
export * from './stream-ingest.port.js';
