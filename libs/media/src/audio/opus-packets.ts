import { AppError } from '@jiga/contracts';
import { invalidAudio } from './sound-limits.js';

/** Opus as it was in its container. */
export interface OpusStream {
  readonly channels: number;
  /** Samples of 48 kHz to leave out at the start. */
  readonly preSkip: number;
  readonly packets: readonly Uint8Array[];
}

export const OPUS_RATE_HZ = 48_000;

/** Samples of 48 kHz that a packet holds, by its first bytes (RFC 6716, 3.1); at most 120 ms are allowed. */
export function opusSamples(packet: Uint8Array): number {
  const [toc, count = 0] = packet;
  if (toc === undefined) throw invalidAudio('An Opus packet is empty');
  const samples = frameSamples(toc >> 3) * [1, 2, 2, count & 0x3f][toc & 3]!;
  if (samples === 0 || samples > 5760) throw invalidAudio('An Opus packet is damaged');
  return samples;
}

function frameSamples(config: number): number {
  if (config < 12) return [480, 960, 1920, 2880][config & 3] ?? 0;
  if (config < 16) return [480, 960][config & 1] ?? 0;
  return [120, 240, 480, 960][config & 3] ?? 0;
}

/** The identification header (RFC 7845, 5.1). */
export function readOpusHead(packet: Uint8Array): Pick<OpusStream, 'channels' | 'preSkip'> {
  if (packet.length < 19) throw invalidAudio('The Opus header is cut off');
  if ((packet[18] ?? 0) !== 0) throw new AppError('unsupported_audio', 'Opus with more than two channels is not read');
  return { channels: packet[9] ?? 0, preSkip: (packet[10] ?? 0) + (packet[11] ?? 0) * 256 };
}

export const isOpusHead = (packet: Uint8Array): boolean => String.fromCharCode(...packet.subarray(0, 8)) === 'OpusHead';
