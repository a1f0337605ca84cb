/** Sound as samples: one array per channel, all of one length, −1…1. */
export interface Sound {
  readonly channels: readonly Float32Array[];
  readonly sampleRateHz: number;
}

/** What is read: 1 or 2 channels of 8,000…192,000 Hz. */
export const SOUND_LIMITS = { minRateHz: 8000, maxRateHz: 192_000, maxChannels: 2 } as const;

/** One channel: the mean of all. A single channel is given as it is, not copied. */
export function toMono(channels: readonly Float32Array[]): Float32Array {
  const [first, ...others] = channels;
  if (!first) return new Float32Array(0);
  if (others.length === 0) return first;
  return first.map((value, at) => others.reduce((sum, other) => sum + (other[at] ?? 0), value) / channels.length);
}

/** Interleaved samples apart. A last incomplete set is left out. */
export function deinterleave(samples: Float32Array, channels: number): Float32Array[] {
  const length = Math.floor(samples.length / channels);
  return Array.from({ length: channels }, (_, channel) => {
    const own = new Float32Array(length);
    for (let at = 0; at < length; at++) own[at] = samples[at * channels + channel] ?? 0;
    return own;
  });
}

/** Rounded and held within 16 bits. */
export function toInt16(samples: Float32Array): Int16Array {
  const out = new Int16Array(samples.length);
  for (let at = 0; at < samples.length; at++) {
    out[at] = Math.max(-32_768, Math.min(32_767, Math.round((samples[at] ?? 0) * 32_768)));
  }
  return out;
}

export function fromInt16(samples: Int16Array): Float32Array {
  const out = new Float32Array(samples.length);
  for (let at = 0; at < samples.length; at++) out[at] = (samples[at] ?? 0) / 32_768;
  return out;
}
