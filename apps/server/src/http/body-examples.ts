import { pcmAsWav } from '../audio/pcm-as-wav.js';

/** A grey picture of 64 × 36: small enough for a document, and a whole JPEG, so that an example works as it is. */
export const EXAMPLE_PICTURE_BASE64 =
  '/9j/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQc1tdhbWGkJ6jq62rZ4C8ybqmx5moq6T/2wBDARweHigjKE' +
  '4rK06kbl1upKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKT/wAARCAAkAEADASIAAhEBAxEB/8QAFQAB' +
  'AQAAAAAAAAAAAAAAAAAAAAT/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFAEBAAAAAAAAAAAAAAAAAAAAAP/EABQRAQAAAAAAAAAAAAAAAAAAAA' +
  'D/2gAMAwEAAhEDEQA/AJgAAAAAAAAAAAAAAAAAAAAAAAf/2Q==';

const EXAMPLE_RATE_HZ = 8_000;
const EXAMPLE_SECONDS = 0.02;

/** A moment of silence as a WAV file. */
export const EXAMPLE_SOUND_BASE64 = Buffer.from(
  pcmAsWav(Buffer.alloc(2 * EXAMPLE_SECONDS * EXAMPLE_RATE_HZ), EXAMPLE_RATE_HZ, 1),
).toString('base64');
