const HEADER_BYTES = 44;
const BYTES_PER_SAMPLE = 2;

/** PCM16 (little-endian, interleaved) with a WAV header before it. */
export function pcmAsWav(pcm: Uint8Array, sampleRateHz: number, channels: number): Buffer {
  const wav = Buffer.alloc(HEADER_BYTES + pcm.length);
  wav.write('RIFF', 0, 'latin1');
  wav.writeUInt32LE(HEADER_BYTES - 8 + pcm.length, 4);
  wav.write('WAVEfmt ', 8, 'latin1');
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(channels, 22);
  wav.writeUInt32LE(sampleRateHz, 24);
  wav.writeUInt32LE(sampleRateHz * channels * BYTES_PER_SAMPLE, 28);
  wav.writeUInt16LE(channels * BYTES_PER_SAMPLE, 32);
  wav.writeUInt16LE(8 * BYTES_PER_SAMPLE, 34);
  wav.write('data', 36, 'latin1');
  wav.writeUInt32LE(pcm.length, 40);
  wav.set(pcm, HEADER_BYTES);
  return wav;
}
