import { AppError } from '@jiga/contracts';
import { invalidAudio, checkSound } from './sound-limits.js';
import { toInt16, type Sound } from './sound.js';

const PCM = 1;
const FLOAT = 3;
const A_LAW = 6;
const MU_LAW = 7;
const EXTENSIBLE = 0xfffe;
/**
 * What a writer that cannot go back leaves as the length is this or more: FFmpeg 0xffffffff, SoX and eSpeak 0x7ffff000,
 * arecord something near 0x7fffffff. Some leave nothing in both places.
 */
const UNKNOWN_LENGTH_MIN = 0x7fff_0000;

interface WavFormat {
  readonly coding: number;
  readonly channels: number;
  readonly rateHz: number;
  readonly bits: number;
}

interface WavParts {
  readonly format: WavFormat;
  /** Position and length of the samples, in bytes; within the file. */
  readonly start: number;
  readonly length: number;
}

/**
 * Reads a RIFF WAVE file: PCM of 8, 16, 24 and 32 bits, floats, A-law and µ-law. Lengths in the header are never trusted
 * further than the file goes. Errors as AppError: `invalid_audio`, `unsupported_audio`, `audio_too_long`.
 */
export function decodeWav(bytes: Uint8Array, maxSeconds: number): Sound {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { format, start, length } = findParts(view);
  const read = sampleReader(format);
  const { channels: count, rateHz } = format;
  const sampleBytes = format.bits / 8;
  const samples = count > 0 ? Math.floor(length / (sampleBytes * count)) : 0;
  checkSound({ rateHz, channels: count, samples }, maxSeconds);
  const channels = Array.from({ length: count }, () => new Float32Array(samples));
  for (const [channel, own] of channels.entries()) {
    for (let at = 0; at < samples; at++) {
      const value = read(view, start + (at * count + channel) * sampleBytes);
      if (!Number.isFinite(value)) throw invalidAudio(`Sample ${at} is not a number`);
      own[at] = Math.max(-1, Math.min(1, value));
    }
  }
  return { channels, sampleRateHz: rateHz };
}

/** 16-bit PCM with the plain header of 44 bytes. */
export function encodeWav({ channels, sampleRateHz }: Sound): Uint8Array<ArrayBuffer> {
  const count = channels.length;
  const samples = channels[0]?.length ?? 0;
  const bytes = new Uint8Array(44 + samples * count * 2);
  const view = new DataView(bytes.buffer);
  const text = (at: number, value: string): void => bytes.set(new TextEncoder().encode(value), at);
  text(0, 'RIFF');
  view.setUint32(4, bytes.length - 8, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, PCM, true);
  view.setUint16(22, count, true);
  view.setUint32(24, sampleRateHz, true);
  view.setUint32(28, sampleRateHz * count * 2, true);
  view.setUint16(32, count * 2, true);
  view.setUint16(34, 16, true);
  text(36, 'data');
  view.setUint32(40, samples * count * 2, true);
  for (const [channel, own] of channels.entries()) {
    toInt16(own).forEach((value, at) => view.setInt16(44 + (at * count + channel) * 2, value, true));
  }
  return bytes;
}

function findParts(view: DataView): WavParts {
  let format: WavFormat | null = null;
  for (let at = 12; at + 8 <= view.byteLength;) {
    const id = view.getUint32(at);
    const length = view.getUint32(at + 4, true);
    const start = at + 8;
    if (id === 0x666d_7420) format = readFormat(view, start, length);
    if (id === 0x6461_7461) {
      if (!format) throw invalidAudio('The WAV file tells nothing about its samples before they begin');
      return { format, start, length: dataLength(view, start) };
    }
    at = start + length + (length % 2);
  }
  throw invalidAudio(format ? 'The WAV file has no samples' : 'The WAV file is cut off in its header');
}

function dataLength(view: DataView, start: number): number {
  const promised = view.getUint32(start - 4, true);
  const present = view.byteLength - start;
  const isUnknown = promised >= UNKNOWN_LENGTH_MIN || (promised === 0 && view.getUint32(4, true) === 0);
  if (isUnknown) return present;
  if (promised > present) {
    throw invalidAudio(`The WAV file is cut off: ${present} of ${promised} bytes of sound are there`);
  }
  return promised;
}

function readFormat(view: DataView, at: number, length: number): WavFormat {
  if (length < 16 || at + length > view.byteLength) throw invalidAudio('The WAV file is cut off in its header');
  const coding = view.getUint16(at, true);
  return {
    coding: coding === EXTENSIBLE && length >= 26 ? view.getUint16(at + 24, true) : coding,
    channels: view.getUint16(at + 2, true),
    rateHz: view.getUint32(at + 4, true),
    bits: view.getUint16(at + 14, true),
  };
}

type SampleReader = (view: DataView, at: number) => number;

const READERS: Readonly<Record<string, SampleReader>> = {
  [`${PCM}/8`]: (view, at) => (view.getUint8(at) - 128) / 128,
  [`${PCM}/16`]: (view, at) => view.getInt16(at, true) / 32_768,
  [`${PCM}/24`]: (view, at) => (view.getUint16(at, true) + view.getInt8(at + 2) * 65_536) / 8_388_608,
  [`${PCM}/32`]: (view, at) => view.getInt32(at, true) / 2_147_483_648,
  [`${FLOAT}/32`]: (view, at) => view.getFloat32(at, true),
  [`${FLOAT}/64`]: (view, at) => view.getFloat64(at, true),
  [`${A_LAW}/8`]: (view, at) => aLaw(view.getUint8(at)),
  [`${MU_LAW}/8`]: (view, at) => muLaw(view.getUint8(at)),
};

function sampleReader({ coding, bits }: WavFormat): SampleReader {
  const reader = READERS[`${coding}/${bits}`];
  if (!reader)
    throw new AppError('unsupported_audio', `The WAV file has coding ${coding} with ${bits} bits, which is not read`);
  return reader;
}

/** ITU-T G.711. */
function muLaw(code: number): number {
  const flipped = ~code & 0xff;
  const magnitude = ((((flipped & 0x0f) << 3) + 0x84) << ((flipped & 0x70) >> 4)) - 0x84;
  return (flipped & 0x80 ? -magnitude : magnitude) / 32_768;
}

/** ITU-T G.711. */
function aLaw(code: number): number {
  const flipped = code ^ 0x55;
  const exponent = (flipped & 0x70) >> 4;
  const mantissa = ((flipped & 0x0f) << 4) + (exponent === 0 ? 8 : 0x108);
  const magnitude = mantissa << Math.max(0, exponent - 1);
  return (flipped & 0x80 ? magnitude : -magnitude) / 32_768;
}
