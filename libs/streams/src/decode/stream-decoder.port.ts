import type { StreamPictureOptions, StreamSound } from '../stream-ingest.port.js';

/** A segment as it was fetched: whole, and of a known container. */
export interface DecoderSegment {
  readonly bytes: Buffer;
  /** Initialization section: of fMP4, null for MPEG-TS. */
  readonly init: Buffer | null;
  /** When its first picture was broadcast, Unix seconds. */
  readonly startsAt: number;
  readonly durationS: number;
}

export interface DecodedFrame {
  readonly jpeg: Buffer;
  readonly capturedAt: number;
  /** Of the stream, before it was scaled. */
  readonly sourceWidth: number;
  readonly sourceHeight: number;
}

export interface DecoderOutput {
  frame(frame: DecodedFrame): void;
  sound(sound: StreamSound): void;
  /** Frames of a segment could not be had, or only in part. */
  damaged(): void;
}

export interface DecoderOptions {
  readonly picture: StreamPictureOptions;
  readonly wantsSound: boolean;
  /** Leave out the pictures that nothing else is made of: for renditions far larger than what is looked at. */
  readonly skipsDisposable: boolean;
}

/** Makes pictures of segments, in the order they are given. One at a time. */
export interface StreamDecoder {
  /**
   * Resolves when the decoder has taken the segment; its frames may still follow. Throws StreamError: `bad_media` for bytes
   * that hold nothing to decode, `decoder_failed` when the decoder crashed or hung on the segment before, `decoder_unavailable`.
   */
  decode(segment: DecoderSegment): Promise<void>;
  /** Resolves when every frame of what was given has come out. */
  finish(): Promise<void>;
  /** Ends at once. May be called twice. */
  close(): Promise<void>;
}

/** Makes sound alone, of segments that hold nothing else. */
export type OpenSoundDecoder = (output: Pick<DecoderOutput, 'sound'>) => StreamDecoder;
export type OpenDecoder = (options: DecoderOptions, output: DecoderOutput) => StreamDecoder;
