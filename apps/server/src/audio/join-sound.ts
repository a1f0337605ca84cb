import type { SpokenPart } from '@jiga/audio';

const SILENCE: SpokenPart = { pcm: new Float32Array(1), sampleRateHz: 16_000 };

/** Parts of one voice, which have one rate, in one. Of nothing, the shortest silence: a file must hold something. */
export function joinSound(parts: readonly SpokenPart[]): SpokenPart {
  const [first] = parts;
  if (!first) return SILENCE;
  const pcm = new Float32Array(parts.reduce((length, part) => length + part.pcm.length, 0));
  let at = 0;
  for (const part of parts) {
    pcm.set(part.pcm, at);
    at += part.pcm.length;
  }
  return { pcm, sampleRateHz: first.sampleRateHz };
}
