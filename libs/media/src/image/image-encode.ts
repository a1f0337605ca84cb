import sharp from 'sharp';

/** A picture as JPEG, not larger than `maxSide` pixels on its longer side. Rejects for a picture that does not decode. */
export async function shrinkToJpeg(
  bytes: Uint8Array,
  { maxSide, quality }: { readonly maxSide: number; readonly quality: number },
): Promise<{ readonly bytes: Uint8Array; readonly width: number; readonly height: number }> {
  const { data, info } = await sharp(bytes)
    .resize({ width: maxSide, height: maxSide, fit: 'inside', withoutEnlargement: true })
    .jpeg({ quality })
    .toBuffer({ resolveWithObject: true });
  return { bytes: data, width: info.width, height: info.height };
}
