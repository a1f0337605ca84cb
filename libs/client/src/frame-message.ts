import type { FrameOptions } from './types.js';

/**
 * An `analyze_frame` message. Bytes go out as a binary message (4-byte big-endian header length, JSON header, picture),
 * which saves a quarter of the traffic; a string (base64 or `data:` URL) as JSON.
 */
export function analyzeFrameMessage(
  picture: Uint8Array | string,
  requestId: string,
  options: FrameOptions & { readonly timestamp: number },
): Uint8Array | string {
  const { timestamp, source, channel } = options;
  const header = { type: 'analyze_frame', request_id: requestId, timestamp, source, channel };
  if (typeof picture === 'string') return JSON.stringify({ ...header, frame_data: picture });
  const json = new TextEncoder().encode(JSON.stringify(header));
  const message = new Uint8Array(4 + json.length + picture.length);
  new DataView(message.buffer).setUint32(0, json.length);
  message.set(json, 4);
  message.set(picture, 4 + json.length);
  return message;
}
