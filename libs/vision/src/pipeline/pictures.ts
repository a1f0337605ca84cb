import { AppError } from '@jiga/contracts';
import { ImageDecodeError } from '@jiga/media';
import type { Glance, LumaImage } from '@jiga/media';

/** How a session looks at its pictures. Both reject with ImageDecodeError. */
export interface Pictures {
  glance(bytes: Uint8Array): Glance | Promise<Glance>;
  /** Hands over the brightness in full size; it is valid only until `use` returns. */
  useLuma<T>(bytes: Uint8Array, use: (image: LumaImage) => T): Promise<T>;
  close(): Promise<void>;
}

/** What a picture was decoded to. Throws AppError `unsupported_image`, `frame_too_large`, `invalid_image`. */
export async function decoded<T>(result: T | Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (cause) {
    if (!(cause instanceof ImageDecodeError)) throw cause;
    const codes = {
      unsupported: 'unsupported_image',
      too_large: 'frame_too_large',
      damaged: 'invalid_image',
    } as const;
    throw new AppError(codes[cause.reason], cause.message, { cause });
  }
}
