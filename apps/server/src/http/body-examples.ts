import { pcmAsWav } from '../audio/pcm-as-wav.js';

const EXAMPLE_RATE_HZ = 8_000;
const EXAMPLE_SECONDS = 0.02;

/** A moment of silence as a WAV file. */
export const EXAMPLE_SOUND_BASE64 = Buffer.from(
  pcmAsWav(Buffer.alloc(2 * EXAMPLE_SECONDS * EXAMPLE_RATE_HZ), EXAMPLE_RATE_HZ, 1),
).toString('base64');
