import type { JigaConfig } from '../config/config.js';

/** Bounds of one socket. Going past one is answered, never silent. */
export interface SocketLimits {
  /** Longest message accepted, in bytes as they travel. A longer one is answered `message_too_large` and closed 1009. */
  readonly maxMessageBytes: number;
  /** Sustained message rate; a client may be ahead of it by `messageBurst` messages. */
  readonly messagesPerSecond: number;
  readonly messageBurst: number;
  /** So many refused messages before the bucket is full again end the connection with 1008. */
  readonly maxRateViolations: number;
  /** From this much unsent output on, droppable messages are withheld. */
  readonly outboundSoftBytes: number;
  /** A client with this much unsent output does not read: it is cut off with 1013. */
  readonly outboundHardBytes: number;
  /** A peer that was silent for a whole period and did not answer the ping is dropped. */
  readonly heartbeatMs: number;
  /** How long a closing handshake may take before the connection is broken off. */
  readonly closeGraceMs: number;
}

/** Room in a message for what stands around the frame: its other fields, or a binary message's header. */
const ENVELOPE_BYTES = 64 * 1024;
const CLOSE_GRACE_MS = 2_000;
/** A burst this many times over is not an accident any more. */
const VIOLATIONS_PER_BURST = 5;
/** Results give way when an eighth of the buffer is unsent, which leaves room for the short answers in their place. */
const SOFT_SHARE = 1 / 8;

/** The socket bounds that follow from the configuration. */
export function socketLimits({ sockets, frames }: Pick<JigaConfig, 'sockets' | 'frames'>): SocketLimits {
  return {
    maxMessageBytes: Math.ceil(frames.maxBytes / 3) * 4 + ENVELOPE_BYTES,
    messagesPerSecond: sockets.messagesPerSecondMax,
    messageBurst: sockets.messageBurstMax,
    maxRateViolations: sockets.messageBurstMax * VIOLATIONS_PER_BURST,
    outboundSoftBytes: Math.floor(sockets.bufferMaxBytes * SOFT_SHARE),
    outboundHardBytes: sockets.bufferMaxBytes,
    heartbeatMs: sockets.pingIntervalMs,
    closeGraceMs: CLOSE_GRACE_MS,
  };
}
