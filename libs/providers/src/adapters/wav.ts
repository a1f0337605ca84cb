import { ProviderError } from '../provider-error.js';

const HEADER_BYTES = 44;
/** A header that is longer has no sound in it. */
const HEADER_MAX_BYTES = 64 * 1024;
const PCM = 1;
/** WAVE_FORMAT_EXTENSIBLE: the real format is further on, for 16 bits always PCM. */
const EXTENSIBLE = 0xfffe;

/** One channel of PCM16 as a WAV file. */
export function wavOf(samples: Int16Array, sampleRateHz: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEADER_BYTES + samples.length * 2);
  const view = new DataView(bytes.buffer);
  const tag = (offset: number, text: string): void => bytes.set(Buffer.from(text, 'latin1'), offset);
  tag(0, 'RIFF');
  view.setUint32(4, bytes.length - 8, true);
  tag(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, PCM, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, sampleRateHz, true);
  view.setUint32(28, sampleRateHz * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  tag(36, 'data');
  view.setUint32(40, samples.length * 2, true);
  for (const [index, sample] of samples.entries()) view.setInt16(HEADER_BYTES + index * 2, sample, true);
  return bytes;
}

interface WavHeader {
  readonly sampleRateHz: number;
  readonly channels: number;
  /** Where the sound begins. */
  readonly bytes: number;
}

/** A WAV file as it arrives: its rate, then its samples, mixed down to one channel. Throws ProviderError `bad_answer` for anything else. */
export async function readWav(
  body: AsyncIterable<Uint8Array>,
): Promise<{ readonly sampleRateHz: number; readonly chunks: AsyncIterable<Int16Array> }> {
  const source = body[Symbol.asyncIterator]();
  let start: Uint8Array = new Uint8Array(0);
  let header: WavHeader | null = null;
  while (!header) {
    const next = await source.next();
    if (next.done || start.length > HEADER_MAX_BYTES) throw notWav();
    start = Buffer.concat([start, next.value]);
    header = readHeader(start);
  }
  return { sampleRateHz: header.sampleRateHz, chunks: readSamples(start.subarray(header.bytes), source, header) };
}

async function* readSamples(
  start: Uint8Array,
  source: AsyncIterator<Uint8Array>,
  { channels }: WavHeader,
): AsyncGenerator<Int16Array, void, void> {
  const blockBytes = channels * 2;
  let rest: Uint8Array = start;
  try {
    for (;;) {
      const whole = rest.length - (rest.length % blockBytes);
      if (whole > 0) yield mixDown(rest.subarray(0, whole), channels);
      rest = rest.subarray(whole);
      const next = await source.next();
      if (next.done) return;
      rest = Buffer.concat([rest, next.value]);
    }
  } finally {
    await source.return?.();
  }
}

function mixDown(bytes: Uint8Array, channels: number): Int16Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Int16Array.from({ length: bytes.length / (channels * 2) }, (_, index) => {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) {
      sum += view.getInt16((index * channels + channel) * 2, true);
    }
    return Math.round(sum / channels);
  });
}

/** Null while more bytes are needed. The sizes of a file that is still being made are not to be trusted, so none is read but a chunk's. */
function readHeader(bytes: Uint8Array): WavHeader | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tag = (offset: number): string => Buffer.from(bytes.subarray(offset, offset + 4)).toString('latin1');
  if (bytes.length < 12) return null;
  if (tag(0) !== 'RIFF' || tag(8) !== 'WAVE') throw notWav();
  let format: Omit<WavHeader, 'bytes'> | null = null;
  for (let offset = 12; offset + 8 <= bytes.length;) {
    const size = view.getUint32(offset + 4, true);
    if (tag(offset) === 'data') {
      if (!format) throw notWav();
      return { ...format, bytes: offset + 8 };
    }
    if (tag(offset) === 'fmt ') {
      if (offset + 24 > bytes.length) return null;
      format = readFormat(view, offset + 8);
    }
    offset += 8 + size + (size % 2);
  }
  return null;
}

function readFormat(view: DataView, offset: number): Omit<WavHeader, 'bytes'> {
  const code = view.getUint16(offset, true);
  const channels = view.getUint16(offset + 2, true);
  const sampleRateHz = view.getUint32(offset + 4, true);
  const bits = view.getUint16(offset + 14, true);
  const isPcm16 = (code === PCM || code === EXTENSIBLE) && bits === 16;
  if (!isPcm16 || channels < 1 || channels > 8 || sampleRateHz < 4_000 || sampleRateHz > 192_000) throw notWav();
  return { channels, sampleRateHz };
}

const notWav = (): ProviderError => new ProviderError('bad_answer', 'It did not answer with 16-bit WAV sound.');
