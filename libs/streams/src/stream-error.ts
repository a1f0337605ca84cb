interface StreamErrorDefinition {
  /** Whether trying again cannot help until somebody changes something: no attempt follows. */
  readonly isTerminal: boolean;
  /** For clients and logs. */
  readonly message: string;
}

/**
 * Every way in which a stream fails. The messages are fixed on purpose: channel names, tokens, addresses and signed URLs
 * can then never be part of one.
 */
export const STREAM_ERRORS = {
  offline: { isTerminal: false, message: 'The channel is not live' },
  starting: { isTerminal: false, message: 'The broadcast is starting and has no picture yet' },
  ended: { isTerminal: false, message: 'The broadcast has ended' },
  upcoming: { isTerminal: false, message: 'The broadcast is announced but has not begun' },
  expired: { isTerminal: false, message: 'The address of the stream is no longer valid' },
  stalled: { isTerminal: false, message: 'The stream has stopped moving' },
  upstream: { isTerminal: false, message: 'The streaming service did not answer as it should' },
  timeout: { isTerminal: false, message: 'The streaming service did not answer in time' },
  bad_media: { isTerminal: false, message: 'The stream holds no media that can be decoded' },
  playlist_invalid: { isTerminal: false, message: 'The playlist of the stream is not valid' },
  playlist_too_large: { isTerminal: false, message: 'The playlist of the stream is too large' },
  decoder_failed: { isTerminal: false, message: 'The video decoder failed' },
  offline_or_restricted: { isTerminal: false, message: 'The channel is not live, or not open to everybody' },
  bot_check: { isTerminal: true, message: 'The service asks to prove that this is not a robot' },
  not_found: { isTerminal: true, message: 'There is no such channel or video' },
  invalid_channel: { isTerminal: true, message: 'This is not a channel name' },
  subscriber_only: { isTerminal: true, message: 'The stream is for subscribers only' },
  geo_blocked: { isTerminal: true, message: 'The stream may not be watched from where this server is' },
  private: { isTerminal: true, message: 'The stream is private' },
  forbidden: { isTerminal: true, message: 'The stream may not be watched by this server' },
  integrity_required: { isTerminal: true, message: 'The service asks for a browser that it can verify' },
  auth_invalid: { isTerminal: true, message: 'The configured credential was refused' },
  no_video: { isTerminal: true, message: 'The stream has no video' },
  unsupported: { isTerminal: true, message: 'The stream is of a kind that is not supported' },
  unsupported_encryption: { isTerminal: true, message: 'The stream is encrypted' },
  blocked_url: { isTerminal: true, message: 'The stream points to an address that may not be fetched' },
  decoder_unavailable: { isTerminal: true, message: 'No ffmpeg was found: install one or set JIGA_FFMPEG_PATH' },
} as const satisfies Readonly<Record<string, StreamErrorDefinition>>;
export type StreamErrorCode = keyof typeof STREAM_ERRORS;

/** Facts for logs that cannot hold a secret: a status, a count, the code of a system error. */
export type StreamErrorFacts = Readonly<Record<string, number | boolean | `E${string}`>>;

/** Why a stream is not there. Carries no underlying error: those of HTTP and of processes name addresses. */
export class StreamError extends Error {
  override readonly name = 'StreamError';
  readonly isTerminal: boolean;

  constructor(
    readonly code: StreamErrorCode,
    readonly facts: StreamErrorFacts = {},
  ) {
    super(STREAM_ERRORS[code].message);
    this.isTerminal = STREAM_ERRORS[code].isTerminal;
  }
}
