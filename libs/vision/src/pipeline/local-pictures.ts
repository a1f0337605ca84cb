import { GlanceReader, ImageDecoder } from '@jiga/media';
import type { Glance, LumaImage } from '@jiga/media';
import type { Pictures } from './vision-session.js';

/** Looks at pictures on the caller's own thread; all sessions share its buffers. */
export class LocalPictures implements Pictures {
  private readonly glances = new GlanceReader();
  private readonly decoder = new ImageDecoder();

  glance(bytes: Uint8Array): Glance | Promise<Glance> {
    return this.glances.read(bytes);
  }

  useLuma<T>(bytes: Uint8Array, use: (image: LumaImage) => T): Promise<T> {
    return this.decoder.useLuma(bytes, use);
  }
}
