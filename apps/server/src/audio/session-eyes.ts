import { Logger } from '@nestjs/common';

import type { ConversationEyes, Sight } from '@jiga/audio';
import { shrinkToJpeg } from '@jiga/media';
import type { LiveSession } from '@jiga/sessions';

import type { LastFrames } from '../video/last-frames.service.js';

/** Enough to see what is going on and to read large letters; about 790 tokens where a service counts by size. */
const PICTURE = { maxSide: 768, quality: 60 } as const;

/** What a session lets models see of its game: encoded anew and small, without whatever a file says besides. */
export class SessionEyes implements ConversationEyes {
  readonly #log = new Logger(SessionEyes.name);

  constructor(
    private readonly session: LiveSession,
    private readonly lastFrames: Pick<LastFrames, 'of'>,
  ) {}

  async look(given: Uint8Array | null): Promise<Sight | null> {
    const seen = given ? { bytes: given, ageMs: 0 } : this.lastFrames.of(this.session);
    if (!seen) return null;
    try {
      return { picture: await shrinkToJpeg(seen.bytes, PICTURE), ageS: seen.ageMs / 1000 };
    } catch (error) {
      this.#log.debug('A frame could not be shown', { err: error, sessionId: this.session.id });
      return null;
    }
  }
}
