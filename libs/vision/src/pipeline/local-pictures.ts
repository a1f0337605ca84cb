import { GlancePool, ImageDecoder } from '@jiga/media';
import type { Glance, LumaImage } from '@jiga/media';
import type { Pictures } from './pictures.js';

/** Looks at pictures on this machine; all sessions share its threads and buffers. */
export class LocalPictures implements Pictures {
  private readonly glances: GlancePool;
  private readonly decoder = new ImageDecoder();

  /** @param workers threads for looking at frames when many or large ones come; 0 = only the caller's */
  constructor(workers = 0) {
    this.glances = new GlancePool({ threads: workers });
  }

  glance(bytes: Uint8Array): Glance | Promise<Glance> {
    return this.glances.read(bytes);
  }

  useLuma<T>(bytes: Uint8Array, use: (image: LumaImage) => T): Promise<T> {
    return this.decoder.useLuma(bytes, use);
  }

  close(): Promise<void> {
    return this.glances.close();
  }
}
