import type { AudioEngines } from '@jiga/audio';

/** 16 kHz mono PCM16 of a text, spoken by a voice of this machine. */
export async function spokenPcm(engines: AudioEngines, text: string, voice = 'rms'): Promise<Buffer> {
  const parts: Float32Array[] = [];
  for await (const { pcm } of engines.speech.synthesise({ text, quality: 'standard', voice })) parts.push(pcm);
  return Buffer.concat(parts.map((pcm) => Buffer.from(Int16Array.from(pcm, (sample) => sample * 32_000).buffer)));
}

/** So much silence. */
export const silentPcm = (ms: number): Buffer => Buffer.alloc(Math.round(ms * 16) * 2);
