import type { Clock } from '@jiga/contracts';

import type { PlayDirect } from '../decode/direct-player.js';
import type { OpenDecoder, OpenSoundDecoder } from '../decode/stream-decoder.port.js';
import type { StreamHttp, StreamPictureOptions } from '../stream-ingest.port.js';
import type { ConnectionPolicyOptions } from './connection-policy.js';

export interface StreamManagerOptions {
  readonly picture: StreamPictureOptions;
  readonly connection: ConnectionPolicyOptions;
  /** Frames that may wait for whoever looks at them. */
  readonly framesWaitingMax?: number;
}

/** What a stream takes from the world around it. */
export interface StreamWorld {
  readonly clock: Clock;
  readonly http: StreamHttp;
  readonly openDecoder: OpenDecoder;
  /** Absent: sound that has segments of its own is not heard. */
  readonly openSoundDecoder?: OpenSoundDecoder;
  /** Absent: streams that the decoder would have to fetch itself are `unsupported`. */
  readonly playDirect?: PlayDirect;
  /** 0–1, for the jitter of waits. */
  readonly random?: () => number;
  /** A handler threw, or something that cannot happen did. */
  readonly onError?: (error: unknown) => void;
}
