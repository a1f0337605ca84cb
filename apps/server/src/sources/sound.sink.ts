import type { StreamSound } from '@jiga/streams';

import type { SelfConnection } from '../auto-connect/self-connection.js';

/** Two seconds of sound: more unsent means that nobody listens. */
const UNSENT_MAX_BYTES = 2 * 16_000 * 2;

/**
 * Sends the sound of a stream through the server's own audio socket, as binary PCM of 16 bits, 16 kHz, mono. Sound that
 * cannot be sent now is let go: what was said a while ago helps nobody.
 */
export class SoundSink {
  constructor(private readonly connection: Pick<SelfConnection, 'isConnected' | 'bufferedBytes' | 'send'>) {}

  readonly onSound = ({ pcm }: StreamSound): void => {
    if (this.connection.bufferedBytes > UNSENT_MAX_BYTES) return;
    this.connection.send(Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength));
  };
}
